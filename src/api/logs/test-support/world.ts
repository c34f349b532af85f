import { msFromInstant } from '#base';
import { type Answer, type ApiHarness, type accountB, apiHarness } from '../../../../test/support/api-harness.ts';

/** Which account asks, if it is not the first. */
export interface Caller {
  readonly accountId?: typeof accountB;
}

export const group = { logGroupName: '/shop/web' };
export const stream = { ...group, logStreamName: 'web/app/1' };

/** CloudWatch Logs with one group that has one stream. */
export class LogsWorld {
  readonly harness: ApiHarness;
  /** When it was made; its clock stands still. */
  readonly nowMs: number;

  private constructor(harness: ApiHarness) {
    this.harness = harness;
    this.nowMs = msFromInstant(harness.clock.now());
  }

  static async open(): Promise<LogsWorld> {
    const world = new LogsWorld(await apiHarness());
    await world.call('CreateLogGroup', { ...group, tags: { team: 'shop' } });
    await world.call('CreateLogStream', stream);
    return world;
  }

  readonly call = (operation: string, input: object = {}, as: Caller = {}): Promise<Answer> =>
    this.harness.call(operation, input, { service: 'cloudwatch-logs', ...as });

  /** The refusal's code and sentence. */
  readonly failing = async (operation: string, input: object, as: Caller = {}): Promise<string> => {
    const error = await this.call(operation, input, as).then(
      () => undefined,
      (reason: unknown) => reason as { code: string; message: string },
    );
    return `${error?.code}: ${error?.message}`;
  };

  readonly put = (
    events: readonly (readonly [ageMs: number, message: string])[],
    to: object = stream,
  ): Promise<Answer> => {
    const logEvents = events.map(([ageMs, message]) => ({ timestamp: this.nowMs - ageMs, message }));
    return this.call('PutLogEvents', { ...to, logEvents });
  };
}
