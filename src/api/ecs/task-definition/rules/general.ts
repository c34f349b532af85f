import * as containers from './containers.ts';
import * as dependencies from './dependencies.ts';
import * as health from './health.ts';
import * as linux from './linux.ts';
import * as logging from './logging.ts';
import { familyIsValid, rolesAreValid } from './names.ts';
import * as network from './network.ts';
import * as platform from './platform.ts';
import { portRules } from './ports.ts';
import type { Rule } from './rule.ts';
import * as secrets from './secrets.ts';
import * as size from './size.ts';
import * as volumes from './volumes.ts';

/** What every definition keeps to, whatever it is to run on, in the order it is checked. */
export const generalRules: readonly Rule[] = [
  familyIsValid,
  containers.containerCount,
  containers.containerNameIsValid,
  containers.containerNamesAreUnique,
  containers.imageIsValid,
  rolesAreValid,
  platform.noInferenceAccelerators,
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
  network.linksNeedBridge,
  network.awsvpcForbidsHostNaming,
  network.systemControlsAreNamespaced,
  ...portRules,
  dependencies.linksAreKnown,
  dependencies.linksHaveNoCycle,
  dependencies.volumesFromAreKnown,
  dependencies.dependenciesCanBeMet,
  dependencies.dependenciesHaveNoCycle,
  health.healthCheckHasCommand,
  health.healthCheckIsInBounds,
  health.restartPolicyIsValid,
  containers.timeoutsAreLongEnough,
  containers.ulimitsAreOrdered,
  containers.userIsValid,
  containers.credentialSpecsAreValid,
  containers.environmentHasNames,
  logging.logDriverIsKnown,
  logging.logDriverHasOptions,
  logging.logOptionsAreValid,
  logging.firelensHasRouter,
  logging.firelensRouterIsValid,
  volumes.volumeNameIsValid,
  volumes.volumeNamesAreUnique,
  volumes.volumesAreOfOneKind,
  volumes.mountsAreKnown,
  volumes.mountsHavePath,
  volumes.volumesAreMounted,
  volumes.dockerVolumeIsValid,
  volumes.efsVolumeIsValid,
  volumes.s3FilesVolumeIsValid,
  volumes.fsxVolumeIsValid,
  volumes.ephemeralStorageIsInBounds,
  linux.capabilitiesAreKnown,
  linux.tmpfsIsValid,
  linux.linuxParametersAreInBounds,
  linux.windowsContainersAreWindows,
  linux.windowsHasOwnNamespaces,
  secrets.secretsNeedExecutionRole,
  secrets.repositoryCredentialsNeedExecutionRole,
  secrets.secretSourcesAreValid,
  secrets.secretNamesAreFree,
  secrets.environmentFilesAreValid,
  platform.armIsLinux,
  platform.deviceRequirementsAreValid,
  platform.placementIsValid,
  platform.proxyIsComplete,
];
