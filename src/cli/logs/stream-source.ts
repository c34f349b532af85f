import type { ControlPlane } from '../control-plane.ts';
import type { LogLine, LogOrigin, LogSource, LogStart } from './line.ts';

/** A stream of CloudWatch Logs. */
export interface StreamPlace {
  readonly region: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** Lines in one answer: few enough that many streams may be read side by side. */
const pageLines = 1_000;

/** A container's lines in CloudWatch Logs. A group or a stream that is not there yet has none. */
export function streamSource(
  controlPlane: Pick<ControlPlane, 'logs'>,
  place: StreamPlace,
  origin: LogOrigin,
): LogSource {
  const { region, ...names } = place;
  let token: string | undefined;
  let sinceMs = 0;

  const page = async (input: object): Promise<readonly LogLine[]> => {
    const answer = await controlPlane.logs(region, 'GetLogEvents', { ...names, ...input }).catch(noneWhenAbsent);
    token = answer?.nextForwardToken ?? token;
    return (answer?.events ?? []).map(({ timestamp = 0, message = '' }) => ({
      ...origin,
      timestampMs: timestamp,
      message: message.replace(/\r?\n$/, ''),
    }));
  };
  async function* forward(): AsyncGenerator<LogLine> {
    for (;;) {
      const from = token === undefined ? { startTime: sinceMs } : { nextToken: token };
      const lines = await page({ ...from, startFromHead: true, limit: pageLines });
      yield* lines;
      if (lines.length === 0) return;
    }
  }
  return {
    ...origin,
    async *history(start: LogStart) {
      sinceMs = start.sinceMs ?? 0;
      if (start.last === undefined) {
        yield* forward();
        return;
      }
      // Also of none, for the place to go on from.
      const newest = await page({ startTime: sinceMs, limit: Math.max(1, start.last) });
      if (start.last > 0) yield* newest;
    },
    more: forward,
  };
}

function noneWhenAbsent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ResourceNotFoundException') return undefined;
  throw error;
}
