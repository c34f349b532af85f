import {
  attachmentArn,
  type NetworkMode,
  type RevisionConnect,
  type ServiceRevision,
  type Task,
  type TaskConnect,
  taskClusterName,
} from '#model';
import type { PayloadAttachment, PayloadContainer, ServiceConnectConfig } from '#wire/link';
import { compileContainer } from './compile-container.ts';
import type { ContainerFacts } from './container-facts.ts';

/** Of the revision that the task runs. */
export type ConnectFacts = Pick<ServiceRevision, 'connect' | 'serviceConnectConfiguration'>;

/** The range of addresses that names stand for within a task. Observed in awsvpc mode. */
const vipCidr = '127.255.0.0/16';
/** Where containers of a task have namespaces of their own, and names are led to the proxy's. */
const bridgeVipCidr = '169.254.176.0/20';

/** The container that is the proxy: the agent knows what to run in it. Its health counts. In bridge mode it has ports. */
export function compileConnectProxy(
  { containerName }: TaskConnect,
  { connect, serviceConnectConfiguration }: ConnectFacts = {},
  facts: ContainerFacts,
): PayloadContainer {
  const logConfiguration = serviceConnectConfiguration?.logConfiguration;
  const definition = {
    name: containerName,
    essential: true,
    ...(logConfiguration === undefined ? {} : { logConfiguration: logConfiguration as Logging }),
  };
  const portMappings = (connect?.endpoints ?? []).flatMap(({ listenerPort: containerPort, bridge }) =>
    bridge === undefined ? [] : [{ containerPort, hostPort: bridge.hostPort, protocol: 'tcp' as const }],
  );
  return { ...compileContainer(definition, facts), portMappings, environment: {}, healthCheckType: 'docker' };
}

type Logging = NonNullable<Parameters<typeof compileContainer>[0]['logConfiguration']>;

/** What tells the agent of the proxy. Source: the payload model of the ECS agent, `serviceconnectdetail`. */
export function compileConnect(
  task: Task & { readonly serviceConnect: TaskConnect },
  networkMode: NetworkMode,
  { connect }: ConnectFacts = {},
): PayloadAttachment {
  const { attachmentId, containerName } = task.serviceConnect;
  const config: ServiceConnectConfig = {
    ingressConfig: (connect?.endpoints ?? []).map(({ portName, containerPort, listenerPort, bridge }) => ({
      listenerName: `ingress-${portName}`,
      ...(bridge === undefined && listenerPort === containerPort ? { interceptPort: containerPort } : { listenerPort }),
      ...(bridge === undefined ? {} : { hostPort: bridge.hostPort }),
    })),
    egressConfig: { listenerName: 'egress', vip: { ipv4Cidr: networkMode === 'bridge' ? bridgeVipCidr : vipCidr } },
    dnsConfig: namesOf(connect),
  };
  return {
    attachmentArn: attachmentArn(task, taskClusterName(task), attachmentId),
    attachmentType: 'serviceconnectdetail',
    attachmentProperties: [
      { name: 'ContainerName', value: containerName },
      { name: 'ServiceConnectConfig', value: JSON.stringify(config) },
    ],
  };
}

/** Each name once, however many ports it has. */
function namesOf(
  connect: RevisionConnect | undefined,
): readonly { readonly hostName: string; readonly address: string }[] {
  const addresses = new Map((connect?.callable ?? []).map(({ hostName, address }) => [hostName, address]));
  return [...addresses].map(([hostName, address]) => ({ hostName, address }));
}
