import * as containers from '../task-definition/rules/containers.ts';
import * as dependencies from '../task-definition/rules/dependencies.ts';
import * as health from '../task-definition/rules/health.ts';
import * as linux from '../task-definition/rules/linux.ts';
import * as logging from '../task-definition/rules/logging.ts';
import { familyIsValid, rolesAreValid } from '../task-definition/rules/names.ts';
import * as network from '../task-definition/rules/network.ts';
import { firstOf, type Rule } from '../task-definition/rules/rule.ts';
import * as secrets from '../task-definition/rules/secrets.ts';
import * as size from '../task-definition/rules/size.ts';
import * as volumes from '../task-definition/rules/volumes.ts';
import type { RegisterDaemonInput } from './input.ts';

/** The rules of task definitions that are about members a daemon's definition has too, in the order they are checked. */
export const sharedRules: readonly Rule[] = [
  familyIsValid,
  containers.containerCount,
  containers.containerNameIsValid,
  containers.containerNamesAreUnique,
  containers.imageIsValid,
  rolesAreValid,
  size.taskCpuIsValid,
  size.taskMemoryIsValid,
  dependencies.someContainerIsEssential,
  containers.containerCpuIsValid,
  containers.containerHasMemory,
  containers.containerMemoryIsEnough,
  containers.memoryCoversReservation,
  size.containerCpusFitTask,
  size.containerMemoryFitsTask,
  size.containerMemoriesFitTask,
  network.systemControlsAreNamespaced,
  dependencies.dependenciesCanBeMet,
  dependencies.dependenciesHaveNoCycle,
  health.healthCheckHasCommand,
  health.healthCheckIsInBounds,
  health.restartPolicyIsValid,
  containers.timeoutsAreLongEnough,
  containers.ulimitsAreOrdered,
  containers.userIsValid,
  containers.environmentHasNames,
  logging.logDriverIsKnown,
  logging.logDriverHasOptions,
  logging.logOptionsAreValid,
  logging.firelensHasRouter,
  logging.firelensRouterIsValid,
  volumes.volumeNameIsValid,
  volumes.volumeNamesAreUnique,
  volumes.mountsAreKnown,
  volumes.mountsHavePath,
  volumes.volumesAreMounted,
  linux.capabilitiesAreKnown,
  linux.tmpfsIsValid,
  linux.linuxParametersAreInBounds,
  secrets.secretsNeedExecutionRole,
  secrets.repositoryCredentialsNeedExecutionRole,
  secrets.secretSourcesAreValid,
  secrets.secretNamesAreFree,
  secrets.environmentFilesAreValid,
];

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
