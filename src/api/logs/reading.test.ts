import { beforeEach, describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import { type Answer } from '../../../test/support/api-harness.ts';
import { group, LogsWorld, stream } from './test-support/world.ts';

const groupArn = 'arn:aws:logs:eu-west-1:111111111111:log-group:/shop/web';
const dayMs = 86_400_000;

let world: LogsWorld;
let call: LogsWorld['call'];
let failing: LogsWorld['failing'];
let put: LogsWorld['put'];

beforeEach(async () => {
  world = await LogsWorld.open();
  ({ call, failing, put } = world);
});

describe('GetLogEvents', () => {
  const messages = async (input: object): Promise<string[]> => {
    const { events } = await call('GetLogEvents', { ...stream, ...input });
    return events.map((each: Answer) => each.message);
  };

  beforeEach(async () => {
    await put([5, 4, 3, 2, 1].map((age) => [age * 1000, `m${6 - age}`]));
  });

  it('gives the newest unless from the head; the end is exclusive', async () => {
    expect(await messages({ limit: 2 })).toEqual(['m4', 'm5']);
    expect(await messages({ limit: 2, startFromHead: true })).toEqual(['m1', 'm2']);
    expect(await messages({ startTime: world.nowMs - 4000, endTime: world.nowMs - 2000 })).toEqual(['m2', 'm3']);
  });

  it('goes forward to the end, where the token gives itself back, and on when there is more', async () => {
    const first = await call('GetLogEvents', { ...stream, limit: 3, startFromHead: true });
    const second = await call('GetLogEvents', { ...stream, limit: 3, nextToken: first.nextForwardToken });
    expect(second.events.map((each: Answer) => each.message)).toEqual(['m4', 'm5']);
    const third = await call('GetLogEvents', { ...stream, nextToken: second.nextForwardToken });
    expect(third.events).toEqual([]);
    expect(third.nextForwardToken).toBe(second.nextForwardToken);
    await put([[0, 'm6']]);
    expect(await messages({ nextToken: third.nextForwardToken })).toEqual(['m6']);
  });

  it('goes backward to the beginning', async () => {
    const newest = await call('GetLogEvents', { ...stream, limit: 2 });
    const before = await call('GetLogEvents', { ...stream, limit: 2, nextToken: newest.nextBackwardToken });
    expect(before.events.map((each: Answer) => each.message)).toEqual(['m2', 'm3']);
    const first = await call('GetLogEvents', { ...stream, nextToken: before.nextBackwardToken });
    expect(first.events.map((each: Answer) => each.message)).toEqual(['m1']);
    const none = await call('GetLogEvents', { ...stream, nextToken: first.nextBackwardToken });
    expect(none.events).toEqual([]);
    expect(none.nextBackwardToken).toBe(first.nextBackwardToken);
  });

  it('has a token also where nothing is, and shows what comes', async () => {
    const empty = { ...group, logStreamName: 'empty' };
    await call('CreateLogStream', empty);
    const { events, nextForwardToken } = await call('GetLogEvents', empty);
    expect(events).toEqual([]);
    await put([[0, 'first']], empty);
    const after = await call('GetLogEvents', { ...empty, nextToken: nextForwardToken });
    expect(after.events).toEqual([{ timestamp: world.nowMs, message: 'first', ingestionTime: world.nowMs }]);
  });

  it('hides what has outlived the retention', async () => {
    await call('PutRetentionPolicy', { ...group, retentionInDays: 1 });
    world.harness.clock.advanceTo(afterMs(world.harness.clock.now(), dayMs - 3000));
    expect(await messages({})).toEqual(['m3', 'm4', 'm5']);
    await call('DeleteRetentionPolicy', group);
    expect(await messages({})).toHaveLength(5);
  });

  it('refuses other tokens and a group named twice or never', async () => {
    expect(await failing('GetLogEvents', { ...stream, nextToken: 'f/1/s' })).toBe(
      'InvalidParameterException: The specified nextToken is invalid.',
    );
    expect(await failing('GetLogEvents', { ...stream, logGroupIdentifier: groupArn })).toContain('mutually exclusive');
    expect(await failing('GetLogEvents', { logStreamName: 'x' })).toContain('is required');
  });
});

describe('FilterLogEvents', () => {
  beforeEach(async () => {
    await call('CreateLogStream', { ...group, logStreamName: 'web/app/2' });
    await put([
      [3000, 'GET /'],
      [1000, 'ERROR of one'],
    ]);
    await put(
      [
        [2000, 'GET /cart'],
        [1000, 'ERROR of two'],
      ],
      { ...group, logStreamName: 'web/app/2' },
    );
  });

  const filtered = async (input: object): Promise<string[]> => {
    const { events } = await call('FilterLogEvents', { ...group, ...input });
    return events.map((each: Answer) => each.message);
  };

  it('interleaves streams by time', async () => {
    expect(await filtered({})).toEqual(['GET /', 'GET /cart', 'ERROR of one', 'ERROR of two']);
    const { events, searchedLogStreams } = await call('FilterLogEvents', { ...group, limit: 1 });
    expect(searchedLogStreams).toEqual([]);
    expect(events[0]).toEqual({
      logStreamName: 'web/app/1',
      timestamp: world.nowMs - 3000,
      message: 'GET /',
      ingestionTime: world.nowMs,
      eventId: expect.stringMatching(/^\d{56}$/),
    });
  });

  it('by pattern, streams, prefix and time, whose end is inclusive', async () => {
    expect(await filtered({ filterPattern: 'ERROR -two' })).toEqual(['ERROR of one']);
    expect(await filtered({ logStreamNames: ['web/app/2'] })).toEqual(['GET /cart', 'ERROR of two']);
    expect(await filtered({ logStreamNamePrefix: 'web/app/1' })).toEqual(['GET /', 'ERROR of one']);
    expect(await filtered({ logStreamNamePrefix: 'none' })).toEqual([]);
    expect(await filtered({ startTime: world.nowMs - 2000, endTime: world.nowMs - 1000 })).toHaveLength(3);
    expect(await filtered({ endTime: world.nowMs - 2000 })).toEqual(['GET /', 'GET /cart']);
    expect(await filtered({ startFromHead: false, startTime: world.nowMs - 2000, limit: 2 })).toEqual([
      'ERROR of two',
      'ERROR of one',
    ]);
  });

  it('page by page, each event once', async () => {
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await call('FilterLogEvents', {
        ...group,
        limit: 1,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      found.push(...page.events.map((each: Answer) => each.message));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(found).toEqual(['GET /', 'GET /cart', 'ERROR of one', 'ERROR of two']);
  });

  it('refuses as AWS does', async () => {
    expect(await failing('FilterLogEvents', { ...group, logStreamNames: ['a'], logStreamNamePrefix: 'a' })).toContain(
      'InvalidParameterException',
    );
    expect(await failing('FilterLogEvents', { ...group, logStreamNames: ['none'] })).toBe(
      'ResourceNotFoundException: The specified log stream does not exist.',
    );
    expect(await failing('FilterLogEvents', { ...group, nextToken: 'abc' })).toBe(
      'InvalidParameterException: The specified nextToken is invalid.',
    );
    expect(await failing('FilterLogEvents', { ...group, filterPattern: '%a%' })).toContain('regular expressions');
    expect(await failing('FilterLogEvents', { ...group, startFromHead: false })).toContain('InvalidParameterException');
  });
});
