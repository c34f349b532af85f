export { Balancing, type BalancingDeps, type BalancingOptions, removeBalancing } from './balancing.ts';
export { type BalancingDocuments, balancingKinds } from './documents.ts';
export type { NodeInterface, NodeNetwork } from './namespaces.ts';
export { balancingProblems } from './probe.ts';
