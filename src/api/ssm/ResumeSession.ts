import { Fault } from '#base';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { ssm } from './service.ts';
import { ownSession, sessionAccess } from './session.ts';

/**
 * ResumeSession: the caller of a session of ECS Exec whose connection broke gets a new token, good for one connection to the
 * address of the old. For a session that is over there is none: session-manager-plugin says so and ends.
 */
export const ResumeSession = operation(ssm, 'ResumeSession', {
  authorize: (input, ctx) => sessionAccess('ResumeSession', input.SessionId ?? '', ctx),
  command: (input) => input.SessionId ?? '',
  perform: async (_, sessionId, ctx) => {
    if (ownSession(sessionId, ctx) === undefined) {
      throw new ApiError(
        'DoesNotExistException',
        `Session ${sessionId} does not exist. Sessions end with the control plane that opened them.`,
      );
    }
    const opened = await ctx.sessions.resume(sessionId, ctx.principal.arn).catch((error: unknown) => {
      if (!(error instanceof Fault) || error.code !== 'NotRecorded') throw error;
      throw new ApiError('InternalServerError', error.message, { status: 500 });
    });
    return { sessionId, opened };
  },
  output: ({ sessionId, opened }, ctx) => {
    if (opened === undefined) return { SessionId: sessionId };
    const { streamPath, tokenValue } = opened;
    const StreamUrl = `${ctx.endpoint.replace(/^http/, 'ws')}${streamPath}`;
    return { SessionId: sessionId, TokenValue: tokenValue, StreamUrl };
  },
});
