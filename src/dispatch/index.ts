export type { DispatchCounts } from './counts.ts';
export type { CredentialIssuer, SessionClaims, TemporaryKey } from './credentials.ts';
export { type CredentialOptions, createCredentialIssuer, principalOf } from './credentials.ts';
export { createDispatcher, type Dispatcher, type DispatcherDeps } from './dispatcher.ts';
export { type HostReports, listenersDigest } from './host-state/index.ts';
export { type DispatchSettings, defaultDispatchSettings } from './limits.ts';
export { type AcsHello, acsHelloFrom, type Channel, type UpgradeDecision, upgradeRefusalBody } from './upgrade.ts';
