import { operation } from '../operation.ts';
import { ssm } from './service.ts';
import { ownSession, sessionAccess } from './session.ts';

/** TerminateSession: ends a session of ECS Exec and its command. One that is over, or never was, is no error, as at AWS. */
export const TerminateSession = operation(ssm, 'TerminateSession', {
  authorize: (input, ctx) => sessionAccess('TerminateSession', input.SessionId ?? '', ctx),
  command: (input) => input.SessionId ?? '',
  perform: async (_, sessionId, ctx) => {
    if (ownSession(sessionId, ctx) !== undefined) ctx.sessions.terminate(sessionId, ctx.principal.arn);
    return sessionId;
  },
  output: (sessionId) => ({ SessionId: sessionId }),
});
