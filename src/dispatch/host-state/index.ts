export type { HostStateChannel } from './channel.ts';
export type { HostStateCompiler } from './compiler.ts';
export { hostStateCompilers } from './compilers.ts';
export { HostStates } from './host-states.ts';
export { type HostReports, hostReportsFrom, noHostReports } from './reports.ts';
