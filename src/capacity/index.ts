export {
  type AutoScalingGroup,
  type AutoScalingGroups,
  type GroupMachine,
  type GroupRef,
  groupNameFrom,
} from './groups.ts';
export { maxProvisioningTasks } from './limits.ts';
export { ownMachines } from './own-machines.ts';
export {
  attributedInstance,
  clustersOf,
  findProvider,
  hasOtherThanDaemons,
  isDaemonTask,
  providerOf,
  scalesGroup,
} from './providers.ts';
export { allocate, release, type Share, type TasksByProvider } from './strategy.ts';
