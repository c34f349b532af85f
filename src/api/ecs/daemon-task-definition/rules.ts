import * as containers from '../task-definition/rules/containers.ts';
import * as dependencies from '../task-definition/rules/dependencies.ts';
import { generalRules } from '../task-definition/rules/general.ts';
import * as linux from '../task-definition/rules/linux.ts';
import * as network from '../task-definition/rules/network.ts';
import * as platform from '../task-definition/rules/platform.ts';
import { portRules } from '../task-definition/rules/ports.ts';
import { firstOf, type Rule } from '../task-definition/rules/rule.ts';
import * as volumes from '../task-definition/rules/volumes.ts';
import type { RegisterDaemonInput } from './input.ts';

/** The rules about members that a daemon's definition does not have. */
const ofTasksAlone: ReadonlySet<Rule> = new Set([
  platform.noInferenceAccelerators,
  network.linksNeedBridge,
  network.awsvpcForbidsHostNaming,
  ...portRules,
  dependencies.linksAreKnown,
  dependencies.linksHaveNoCycle,
  dependencies.volumesFromAreKnown,
  containers.credentialSpecsAreValid,
  volumes.volumesAreOfOneKind,
  volumes.dockerVolumeIsValid,
  volumes.efsVolumeIsValid,
  volumes.fsxVolumeIsValid,
  volumes.ephemeralStorageIsInBounds,
  linux.windowsContainersAreWindows,
  linux.windowsHasOwnNamespaces,
  platform.armIsLinux,
  platform.deviceRequirementsAreValid,
  platform.placementIsValid,
  platform.proxyIsComplete,
]);

/** The rules of task definitions that are about members a daemon's definition has too, in the order they are checked. */
export const sharedRules: readonly Rule[] = generalRules.filter((rule) => !ofTasksAlone.has(rule));

/** DaemonVolume: a path of the host or the logs of one driver, which is json-file. Texts as for task definitions. */
export function volumeRefusal({ volumes: given }: RegisterDaemonInput): string | undefined {
  return firstOf(given, ({ name, host, logDriverVolumeConfiguration: logs }) => {
    if (logs === undefined) return undefined;
    if (host !== undefined) return `Volume '${name}' must specify only one of [host,logDriverVolumeConfiguration].`;
    return logs.driver === 'json-file'
      ? undefined
      : `Volume '${name}': the only supported value of logDriverVolumeConfiguration.driver is 'json-file'.`;
  });
}

/** SystemControl: what belongs to the IPC namespace cannot be set in the host's. Text as for `ipcMode` host. */
export function sharedIpcRefusal({ ipcMode, containerDefinitions }: RegisterDaemonInput): string | undefined {
  if (ipcMode !== 'shared') return undefined;
  const controls = containerDefinitions.flatMap(({ systemControls }) => systemControls ?? []);
  return firstOf(controls, ({ namespace = '' }) =>
    network.isIpcSystemControl(namespace)
      ? `IPC namespace systemControls are not supported when ipcMode=shared: '${namespace}'.`
      : undefined,
  );
}
