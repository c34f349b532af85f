import { beforeEach, describe, expect, it } from 'vitest';
import { afterMs, msFromInstant } from '#base';
import { type Answer, type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';

const groupArn = 'arn:aws:logs:eu-west-1:111111111111:log-group:/shop/web';
const dayMs = 86_400_000;

let harness: ApiHarness;
let nowMs: number;

function call(operation: string, input: object = {}, as: { accountId?: typeof accountB } = {}): Promise<Answer> {
  return harness.call(operation, input, { service: 'cloudwatch-logs', ...as });
}

async function failing(operation: string, input: object, as: { accountId?: typeof accountB } = {}): Promise<string> {
  const error = await call(operation, input, as).then(
    () => undefined,
    (reason: unknown) => reason as { code: string; message: string },
  );
  return `${error?.code}: ${error?.message}`;
}

const group = { logGroupName: '/shop/web' };
const stream = { ...group, logStreamName: 'web/app/1' };

function put(events: readonly (readonly [ageMs: number, message: string])[], to: object = stream): Promise<Answer> {
  const logEvents = events.map(([ageMs, message]) => ({ timestamp: nowMs - ageMs, message }));
  return call('PutLogEvents', { ...to, logEvents });
}

beforeEach(async () => {
  harness = await apiHarness();
  nowMs = msFromInstant(harness.clock.now());
  await call('CreateLogGroup', { ...group, tags: { team: 'shop' } });
  await call('CreateLogStream', stream);
});

describe('groups', () => {
  it('are described with both ARNs, by prefix, by pattern and page by page', async () => {
    for (const name of ['/shop/a', '/shop/b', '/other']) await call('CreateLogGroup', { logGroupName: name });
    const { logGroups } = await call('DescribeLogGroups', { logGroupNamePrefix: '/shop/w' });
    expect(logGroups).toEqual([
      {
        logGroupName: '/shop/web',
        creationTime: nowMs,
        metricFilterCount: 0,
        arn: `${groupArn}:*`,
        logGroupArn: groupArn,
        storedBytes: 0,
        logGroupClass: 'STANDARD',
        deletionProtectionEnabled: false,
      },
    ]);
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await call('DescribeLogGroups', { limit: 3, ...(nextToken === undefined ? {} : { nextToken }) });
      names.push(...page.logGroups.map((each: Answer) => each.logGroupName));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(names).toEqual(['/other', '/shop/a', '/shop/b', '/shop/web']);
    const found = await call('DescribeLogGroups', { logGroupNamePattern: 'op/b' });
    expect(Object.keys(found.logGroups[0])).toEqual(['logGroupName', 'creationTime', 'arn', 'logGroupArn']);
    const named = await call('DescribeLogGroups', { logGroupIdentifiers: [groupArn, '/other', '/none'] });
    expect(named.logGroups.map((each: Answer) => each.logGroupName)).toEqual(['/other', '/shop/web']);
    expect(await failing('DescribeLogGroups', { logGroupNamePrefix: 'a', logGroupNamePattern: 'b' })).toContain(
      'InvalidParameterException',
    );
  });

  it('are of one account', async () => {
    expect((await call('DescribeLogGroups', {}, { accountId: accountB })).logGroups).toEqual([]);
    expect(await failing('GetLogEvents', stream, { accountId: accountB })).toBe(
      'ResourceNotFoundException: The specified log group does not exist.',
    );
    const identifier = { logGroupIdentifier: groupArn, logStreamName: stream.logStreamName };
    expect(await failing('FilterLogEvents', { logGroupIdentifier: groupArn }, { accountId: accountB })).toContain(
      'AccessDeniedException',
    );
    expect(await failing('GetLogEvents', identifier, { accountId: accountB })).toContain('ResourceNotFoundException');
  });

  it('are refused as AWS does', async () => {
    expect(await failing('CreateLogGroup', group)).toBe(
      'ResourceAlreadyExistsException: The specified log group already exists',
    );
    expect(await failing('CreateLogGroup', { logGroupName: 'a b' })).toBe(
      "InvalidParameterException: 1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy " +
        'constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+',
    );
    expect(await failing('CreateLogGroup', { logGroupName: 'aws/x' })).toContain('reserved for AWS');
    expect(await failing('CreateLogGroup', { logGroupName: 'x', kmsKeyId: 'k' })).toContain('does not encrypt');
    expect(await failing('CreateLogGroup', { logGroupName: 'x', tags: { 'aws:a': '' } })).toContain('aws:');
    expect(await failing('DeleteLogGroup', { logGroupName: 'none' })).toBe(
      'ResourceNotFoundException: The specified log group does not exist.',
    );
  });

  it('lose their events with them', async () => {
    await put([[0, 'old']]);
    await call('DeleteLogGroup', group);
    expect([...harness.logDisk.files.keys()]).toEqual([]);
    await call('CreateLogGroup', group);
    expect((await call('DescribeLogStreams', group)).logStreams).toEqual([]);
  });

  it('that are protected are not deleted', async () => {
    await call('PutLogGroupDeletionProtection', { logGroupIdentifier: groupArn, deletionProtectionEnabled: true });
    expect(await failing('DeleteLogGroup', group)).toContain('ValidationException');
    await call('PutLogGroupDeletionProtection', { logGroupIdentifier: groupArn, deletionProtectionEnabled: false });
    await call('DeleteLogGroup', group);
  });

  it('have tags, by both generations of operations', async () => {
    await call('TagResource', { resourceArn: groupArn, tags: { team: 'web', a: '1' } });
    await call('TagLogGroup', { ...group, tags: { b: '2' } });
    await call('UntagResource', { resourceArn: groupArn, tagKeys: ['a', 'none'] });
    expect(await call('ListTagsForResource', { resourceArn: groupArn })).toEqual({ tags: { team: 'web', b: '2' } });
    await call('UntagLogGroup', { ...group, tags: ['b'] });
    expect(await call('ListTagsLogGroup', group)).toEqual({ tags: { team: 'web' } });
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, '']));
    expect(await failing('TagResource', { resourceArn: groupArn, tags: many })).toContain('TooManyTagsException');
    expect(await failing('ListTagsForResource', { resourceArn: 'arn:aws:s3:::bucket' })).toContain(
      'Invalid log group ARN',
    );
  });
});

describe('streams', () => {
  it('are described by name and by last event', async () => {
    for (const name of ['b', 'a', 'c']) await call('CreateLogStream', { ...group, logStreamName: name });
    await put([[1000, 'x']], { ...group, logStreamName: 'c' });
    await put([[500, 'x']], { ...group, logStreamName: 'a' });
    const names = async (input: object): Promise<string[]> => {
      const { logStreams } = await call('DescribeLogStreams', { ...group, ...input });
      return logStreams.map((each: Answer) => each.logStreamName);
    };
    expect(await names({})).toEqual(['a', 'b', 'c', 'web/app/1']);
    expect(await names({ descending: true, limit: 2 })).toEqual(['web/app/1', 'c']);
    expect(await names({ logStreamNamePrefix: 'web/' })).toEqual(['web/app/1']);
    expect(await names({ orderBy: 'LastEventTime', descending: true, limit: 2 })).toEqual(['a', 'c']);
    expect(await failing('DescribeLogStreams', { ...group, orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })).toBe(
      'InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.',
    );
    const first = await call('DescribeLogStreams', { ...group, orderBy: 'LastEventTime', descending: true, limit: 2 });
    const second = await call('DescribeLogStreams', {
      ...group,
      orderBy: 'LastEventTime',
      descending: true,
      limit: 10,
      nextToken: first.nextToken,
    });
    expect(second.logStreams.map((each: Answer) => each.logStreamName)).toEqual(['web/app/1', 'b']);
    expect(first.logStreams[0]).toMatchObject({
      creationTime: nowMs,
      firstEventTimestamp: nowMs - 500,
      lastEventTimestamp: nowMs - 500,
      lastIngestionTime: nowMs,
      arn: `${groupArn}:log-stream:a`,
      storedBytes: 0,
    });
  });

  it('are refused as AWS does', async () => {
    expect(await failing('CreateLogStream', stream)).toBe(
      'ResourceAlreadyExistsException: The specified log stream already exists',
    );
    expect(await failing('CreateLogStream', { ...stream, logGroupName: 'none' })).toBe(
      'ResourceNotFoundException: The specified log group does not exist.',
    );
    await call('DeleteLogStream', stream);
    for (const operation of ['DeleteLogStream', 'GetLogEvents']) {
      expect(await failing(operation, stream)).toBe(
        'ResourceNotFoundException: The specified log stream does not exist.',
      );
    }
  });
});

describe('PutLogEvents', () => {
  it('takes any sequence token and gives the next', async () => {
    const logEvents = [{ timestamp: nowMs, message: 'x' }];
    const first = await call('PutLogEvents', { ...stream, logEvents, sequenceToken: 'whatever' });
    const second = await call('PutLogEvents', { ...stream, logEvents });
    expect(first.nextSequenceToken).toMatch(/^\d{56}$/);
    expect(second.nextSequenceToken > first.nextSequenceToken).toBe(true);
    expect(first.rejectedLogEventsInfo).toBeUndefined();
  });

  it('tells which events it left out', async () => {
    await call('PutRetentionPolicy', { ...group, retentionInDays: 7 });
    const answer = await call('PutLogEvents', {
      ...stream,
      logEvents: [
        { timestamp: nowMs + 60_000, message: 'near' },
        { timestamp: nowMs + 2 * 3_600_000 + 1, message: 'far' },
      ],
    });
    expect(answer.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    const old = await put([
      [7 * dayMs + 10, 'expired'],
      [7 * dayMs - 10, 'young'],
    ]);
    expect(old.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    const older = await put([[15 * dayMs, 'too old']]);
    expect(older.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const { events } = await call('GetLogEvents', { ...stream, startFromHead: true });
    expect(events.map((each: Answer) => each.message)).toEqual(['young', 'near']);
  });

  it('refuses batches that are none', async () => {
    const backwards = await put([
      [0, 'b'],
      [1, 'a'],
    ]).catch((error: unknown) => error);
    expect(backwards).toMatchObject({
      message: 'Log events in a single PutLogEvents request must be in chronological order.',
    });
    const wide = put([
      [2 * dayMs, 'a'],
      [0, 'b'],
    ]);
    await expect(wide).rejects.toThrow('cannot span more than 24 hours');
    await expect(put([[0, 'é'.repeat(524_280)]])).rejects.toThrow(
      'Upload too large: 1048586 bytes exceeds limit of 1048576',
    );
    expect((await put([[0, 'x'.repeat(1_048_550)]])).rejectedLogEventsInfo).toBeUndefined();
    expect(await failing('PutLogEvents', { ...stream, logEvents: [] })).toContain(
      'Member must have length greater than or equal to 1',
    );
    await expect(put([[0, 'x']], { ...stream, logStreamName: 'none' })).rejects.toThrow(
      'The specified log stream does not exist.',
    );
  });

  it('says when the disk is full, and takes the next batch again', async () => {
    harness.logDisk.onChange = () => ({ error: Object.assign(new Error('no space left'), { code: 'ENOSPC' }) });
    await expect(put([[0, 'x']])).rejects.toMatchObject({
      code: 'ServiceUnavailableException',
      status: 503,
      message: expect.stringContaining('full'),
    });
    harness.logDisk.onChange = undefined;
    await put([[0, 'y']]);
    expect((await call('GetLogEvents', stream)).events).toHaveLength(1);
  });
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
    expect(await messages({ startTime: nowMs - 4000, endTime: nowMs - 2000 })).toEqual(['m2', 'm3']);
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
    expect(after.events).toEqual([{ timestamp: nowMs, message: 'first', ingestionTime: nowMs }]);
  });

  it('hides what has outlived the retention', async () => {
    await call('PutRetentionPolicy', { ...group, retentionInDays: 1 });
    harness.clock.advanceTo(afterMs(harness.clock.now(), dayMs - 3000));
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
      timestamp: nowMs - 3000,
      message: 'GET /',
      ingestionTime: nowMs,
      eventId: expect.stringMatching(/^\d{56}$/),
    });
  });

  it('by pattern, streams, prefix and time, whose end is inclusive', async () => {
    expect(await filtered({ filterPattern: 'ERROR -two' })).toEqual(['ERROR of one']);
    expect(await filtered({ logStreamNames: ['web/app/2'] })).toEqual(['GET /cart', 'ERROR of two']);
    expect(await filtered({ logStreamNamePrefix: 'web/app/1' })).toEqual(['GET /', 'ERROR of one']);
    expect(await filtered({ logStreamNamePrefix: 'none' })).toEqual([]);
    expect(await filtered({ startTime: nowMs - 2000, endTime: nowMs - 1000 })).toHaveLength(3);
    expect(await filtered({ endTime: nowMs - 2000 })).toEqual(['GET /', 'GET /cart']);
    expect(await filtered({ startFromHead: false, startTime: nowMs - 2000, limit: 2 })).toEqual([
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

describe('PutRetentionPolicy', () => {
  it('takes the retentions there are', async () => {
    await call('PutRetentionPolicy', { ...group, retentionInDays: 30 });
    const { logGroups } = await call('DescribeLogGroups');
    expect(logGroups[0].retentionInDays).toBe(30);
    expect(await failing('PutRetentionPolicy', { ...group, retentionInDays: 2 })).toMatch(
      /^InvalidParameterException: 1 validation error detected: Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: \[1, 3, 5, /,
    );
  });
});
