export type { AuditEntry, AuditTrail } from './audit.ts';
export { sessionLimits } from './limits.ts';
export { type OpenedSession, type SessionCall, type SessionRequest, Sessions, type SessionsDeps } from './sessions.ts';
