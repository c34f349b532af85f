import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, accountB } from '../../../test/support/api-harness.ts';
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

describe('groups', () => {
  it('are described with both ARNs, by prefix, by pattern and page by page', async () => {
    for (const name of ['/shop/a', '/shop/b', '/other']) await call('CreateLogGroup', { logGroupName: name });
    const { logGroups } = await call('DescribeLogGroups', { logGroupNamePrefix: '/shop/w' });
    expect(logGroups).toEqual([
      {
        logGroupName: '/shop/web',
        creationTime: world.nowMs,
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
    expect([...world.harness.logDisk.files.keys()]).toEqual([]);
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
      creationTime: world.nowMs,
      firstEventTimestamp: world.nowMs - 500,
      lastEventTimestamp: world.nowMs - 500,
      lastIngestionTime: world.nowMs,
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
    const logEvents = [{ timestamp: world.nowMs, message: 'x' }];
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
        { timestamp: world.nowMs + 60_000, message: 'near' },
        { timestamp: world.nowMs + 2 * 3_600_000 + 1, message: 'far' },
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
    world.harness.logDisk.onChange = () => ({ error: Object.assign(new Error('no space left'), { code: 'ENOSPC' }) });
    await expect(put([[0, 'x']])).rejects.toMatchObject({
      code: 'ServiceUnavailableException',
      status: 503,
      message: expect.stringContaining('full'),
    });
    world.harness.logDisk.onChange = undefined;
    await put([[0, 'y']]);
    expect((await call('GetLogEvents', stream)).events).toHaveLength(1);
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
