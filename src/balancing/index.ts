export { addressOf, hostOf, placeOf } from './address.ts';
export { isInZone, notRegistered } from './health.ts';
export { applyNodeReports, nodesServe } from './nodes.ts';
export {
  applyTargetReports,
  deregisterTarget,
  type NewTarget,
  registerTarget,
  settledTarget,
  type TargetReport,
} from './registration.ts';
export { removeListener, removeLoadBalancer, removeTargetGroup } from './removal.ts';
export {
  findRule,
  sharesAlike,
  type TargetWeights,
  targetWeights,
  type WantedRule,
  wantedRules,
  wholeWeights,
} from './traffic.ts';
export { balancersOf, type GroupUsage, usageOf } from './usage.ts';
