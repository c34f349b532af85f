import type { ContainerDefinition } from '#model';
import { eachContainer, type Rule } from './rule.ts';

/** ContainerDefinition, links: bridge mode only. Observed for awsvpc. */
export const linksNeedBridge: Rule = eachContainer(({ links }, { networkMode }) =>
  links !== undefined && links.length > 0 && networkMode !== 'bridge'
    ? `Links are not supported when networkMode=${networkMode}.`
    : undefined,
);

const awsvpcRefusals: readonly (readonly [(container: ContainerDefinition) => boolean, string])[] = [
  [({ hostname }) => hostname !== undefined, 'hostname is not supported on container when networkMode=awsvpc.'],
  [({ extraHosts }) => isFilled(extraHosts), 'Extra hosts are not supported on container when networkMode=awsvpc.'],
  [({ dnsServers }) => isFilled(dnsServers), 'DNS servers are not supported on container when networkMode=awsvpc.'],
  [
    ({ dnsSearchDomains }) => isFilled(dnsSearchDomains),
    'DNS search domains are not supported on container when networkMode=awsvpc.',
  ],
  [
    ({ disableNetworking }) => disableNetworking === true,
    'Disable Networking is not supported on container when networkMode=awsvpc',
  ],
];

function isFilled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

/** "Task definition parameters", Network settings: what a task with its own interface cannot have. Observed texts. */
export const awsvpcForbidsHostNaming: Rule = eachContainer((container, { networkMode }) => {
  if (networkMode !== 'awsvpc') return undefined;
  return awsvpcRefusals.find(([has]) => has(container))?.[1];
});

const ipcSysctls: ReadonlySet<string> = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
]);

/** Whether a kernel parameter belongs to the IPC namespace. */
export function isIpcSystemControl(namespace: string): boolean {
  return ipcSysctls.has(namespace) || /^fs\.mqueue\..+/.test(namespace);
}

/** SystemControl: `net.*` and the IPC parameters only, each in a namespace that is the task's own. */
export const systemControlsAreNamespaced: Rule = eachContainer((container, { content, networkMode }) => {
  for (const { namespace = '' } of container.systemControls ?? []) {
    const net = /^net\..+/.test(namespace);
    const ipc = isIpcSystemControl(namespace);
    if (!net && !ipc) return `Invalid 'systemControls' setting. Unsupported namespace: '${namespace}'.`;
    if (net && networkMode === 'host') {
      return `Network namespace systemControls are not supported when networkMode=host: '${namespace}'.`;
    }
    if (ipc && content.ipcMode === 'host') {
      return `IPC namespace systemControls are not supported when ipcMode=host: '${namespace}'.`;
    }
  }
  return undefined;
});
