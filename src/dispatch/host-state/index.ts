export { listenersDigest } from './balancer.ts';
export type { PrivateKeys } from './certificate.ts';
export type { HostStateChannel } from './channel.ts';
export type { HostStateCompiler } from './compiler.ts';
export { compilersOf } from './compilers.ts';
export { HostStates } from './host-states.ts';
export { type HostReports, hostReportsFrom, noHostReports } from './reports.ts';
