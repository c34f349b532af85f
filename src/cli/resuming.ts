import { Fault, messageOf, sleep } from '#base';
import type { ClientEndDeps } from '#wire/session';
import type { ControlPlane } from './control-plane.ts';
import type { CommandLineDeps } from './ports.ts';

/** As long as the control plane keeps a session whose caller is away. */
const resumeWithinMs = 60_000;
const firstWaitMs = 100;
const longestWaitMs = 5_000;

export interface BrokenSession {
  readonly sessionId: string;
  readonly streamUrl: string;
}

/**
 * Goes on with a session whose connection broke: asks for a new token and connects again, for as long as the session may be
 * there. Rejects with Fault `SessionOver` when it is not.
 */
export function resumeOf(
  { sessionId, streamUrl }: BrokenSession,
  { controlPlane, openChannel, clock, signal }: ResumeDeps,
): NonNullable<ClientEndDeps['resume']> {
  const goOn = async () => {
    const { TokenValue, StreamUrl = streamUrl } = await controlPlane.ssm('ResumeSession', { SessionId: sessionId });
    if (TokenValue === undefined) throw new Fault('SessionOver', 'the session is over');
    return { connection: await openChannel(StreamUrl), tokenValue: TokenValue };
  };
  return async () => {
    const brokeAtMs = clock.monotonicMs();
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      try {
        return await goOn();
      } catch (error) {
        if (isFinal(error) || clock.monotonicMs() - brokeAtMs > resumeWithinMs) {
          throw new Fault('SessionOver', `the connection broke: ${messageOf(error)}`, { cause: error });
        }
      }
      await sleep(clock, waitMs, signal);
    }
  };
}

export interface ResumeDeps extends Pick<CommandLineDeps, 'openChannel' | 'clock' | 'signal'> {
  readonly controlPlane: Pick<ControlPlane, 'ssm'>;
}

/** Asking again would give the same answer. */
function isFinal(error: unknown): boolean {
  if (error instanceof Fault) return error.code === 'SessionOver';
  return error instanceof Error && error.name === 'ApiError' && 'status' in error && Number(error.status) < 500;
}
