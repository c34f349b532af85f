export { type AutoScalingGroup, type AutoScalingGroups, groupNameFrom } from './groups.ts';
export { ownMachines } from './own-machines.ts';
export { attributedInstance, clustersOf, findProvider, providerOf } from './providers.ts';
