export { type AutoScalingGroup, type AutoScalingGroups, groupNameFrom } from './groups.ts';
export { ownMachines } from './own-machines.ts';
export { attributedInstance, clustersOf, findProvider, providerOf } from './providers.ts';
export { allocate, release, type Share, type TasksByProvider } from './strategy.ts';
