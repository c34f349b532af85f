export { sessionLimits } from './limits.ts';
export { type OpenedSession, type SessionCall, type SessionRequest, Sessions } from './sessions.ts';
