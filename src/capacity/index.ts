export { type AutoScalingGroup, type AutoScalingGroups, groupNameFrom } from './groups.ts';
export { ownMachines } from './own-machines.ts';
export { findProvider } from './providers.ts';
