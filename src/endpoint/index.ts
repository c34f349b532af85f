export { Answerer, type AnswererDeps } from './answer.ts';
export type { FindIdentity, Identity } from './identity.ts';
export { type Listener, type ListenerDeps, type ListenerOptions, listen } from './listener.ts';
export { AgentUpgrades } from './upgrade.ts';
