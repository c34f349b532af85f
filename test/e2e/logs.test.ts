import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Boto3, pythonWithBoto3 } from '../support/boto3.ts';
import {
  type Answer,
  endProcess,
  ensureTestImage,
  type Installation,
  newInstallation,
  testImage,
} from '../support/installation.ts';

const python = await pythonWithBoto3();
const group = '/shop/web';
const groupArn = `arn:aws:logs:us-east-1:000000000000:log-group:${group}`;
const stream = 'web/app/1';

let installation: Installation;
const nowMs = Math.floor(installationTimeMs() / 1000) * 1000;

function installationTimeMs(): number {
  return Date.now() - 60_000;
}

const logs = (...args: string[]): Promise<Answer> => installation.aws('logs', ...args);
const messages = (answer: Answer): string[] => answer.events.map(({ message }: { message: string }) => message);

beforeAll(async () => {
  await ensureTestImage();
  installation = await newInstallation();
  await installation.up('--no-node');
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

describe('aws logs', () => {
  it('makes groups and streams, writes events and reads them back', async () => {
    await logs('create-log-group', '--log-group-name', group, '--tags', 'team=shop');
    await logs('create-log-stream', '--log-group-name', group, '--log-stream-name', stream);
    const events = ['one', 'ERROR two', 'three'].map((message, index) => ({ timestamp: nowMs + index, message }));
    const put = await logs(
      'put-log-events',
      '--log-group-name',
      group,
      '--log-stream-name',
      stream,
      '--log-events',
      JSON.stringify(events),
    );
    expect(put.nextSequenceToken).toMatch(/^\d+$/);
    const read = await logs('get-log-events', '--log-group-name', group, '--log-stream-name', stream);
    expect(messages(read)).toEqual(['one', 'ERROR two', 'three']);
    const found = await logs('filter-log-events', '--log-group-name', group, '--filter-pattern', 'ERROR');
    expect(messages(found)).toEqual(['ERROR two']);
  });

  it('describes, tags and keeps for a while', async () => {
    await logs('put-retention-policy', '--log-group-name', group, '--retention-in-days', '14');
    const { logGroups } = await logs('describe-log-groups', '--log-group-name-prefix', '/shop');
    expect(logGroups).toMatchObject([{ logGroupName: group, retentionInDays: 14, arn: `${groupArn}:*` }]);
    expect(logGroups[0].storedBytes).toBeGreaterThan(0);
    const described = await logs('describe-log-streams', '--log-group-name', group, '--order-by', 'LastEventTime');
    expect(described.logStreams).toMatchObject([{ logStreamName: stream, lastEventTimestamp: nowMs + 2 }]);
    await logs('tag-resource', '--resource-arn', groupArn, '--tags', 'stage=test');
    await logs('untag-resource', '--resource-arn', groupArn, '--tag-keys', 'team');
    expect(await logs('list-tags-for-resource', '--resource-arn', groupArn)).toEqual({ tags: { stage: 'test' } });
    await logs('tag-log-group', '--log-group-name', group, '--tags', 'old=way');
    await logs('untag-log-group', '--log-group-name', group, '--tags', 'stage');
    expect(await logs('list-tags-log-group', '--log-group-name', group)).toEqual({ tags: { old: 'way' } });
    await logs('delete-retention-policy', '--log-group-name', group);
  });

  it('is told what is wrong in AWS’s words', async () => {
    await expect(logs('create-log-group', '--log-group-name', group)).rejects.toThrow(
      /\(ResourceAlreadyExistsException\) when calling the CreateLogGroup operation: The specified log group already exists/,
    );
    await expect(logs('get-log-events', '--log-group-name', 'none', '--log-stream-name', stream)).rejects.toThrow(
      /\(ResourceNotFoundException\).*The specified log group does not exist\./,
    );
  });

  it('finds everything again after the server was killed', async () => {
    await endProcess(installation.pid('server'), 'SIGKILL');
    await installation.up('--no-node');
    const read = await logs('get-log-events', '--log-group-name', group, '--log-stream-name', stream);
    expect(messages(read)).toEqual(['one', 'ERROR two', 'three']);
  });
});

describe.skipIf(python === undefined)('boto3', () => {
  it('walks pages, and every value is of the kind its model says', async () => {
    await using boto3 = new Boto3(python ?? '', installation, 'logs');
    const named = { logGroupName: '/shop/boto3' };
    await boto3.call('CreateLogGroup', named);
    for (const name of ['a', 'b', 'c']) {
      await boto3.call('CreateLogStream', { ...named, logStreamName: name });
      const logEvents = [{ timestamp: nowMs + 10, message: `of ${name}` }];
      await boto3.call('PutLogEvents', { ...named, logStreamName: name, logEvents });
    }
    for (const [operation, input] of [
      ['DescribeLogGroups', {}],
      ['DescribeLogStreams', named],
      ['FilterLogEvents', named],
    ] as const) {
      const { problems, paths } = await boto3.call(operation, input);
      expect(problems).toEqual([]);
      expect(paths.length).toBeGreaterThan(3);
    }
    const streams = (await boto3.pages('DescribeLogStreams', named, 1)) as { pages: Answer[] };
    expect(streams.pages.flatMap((page) => page.logStreams.map((each: Answer) => each.logStreamName))).toEqual([
      'a',
      'b',
      'c',
    ]);
    const events = (await boto3.pages('FilterLogEvents', named, 2)) as { pages: Answer[] };
    expect(events.pages.flatMap(messages)).toEqual(['of a', 'of b', 'of c']);
    expect(
      await boto3.catch('DeleteLogStream', { ...named, logStreamName: 'none' }, 'ResourceNotFoundException'),
    ).toMatchObject({
      caught: 'ResourceNotFoundException',
      status: 400,
      message: 'The specified log stream does not exist.',
    });
    await boto3.call('DeleteLogStream', { ...named, logStreamName: 'c' });
    await boto3.call('DeleteLogGroup', named);
    const { answer } = await boto3.call('DescribeLogGroups', { logGroupNamePrefix: '/shop/boto3' });
    expect(answer.logGroups).toEqual([]);
  });
});

describe('roadstead logs', () => {
  beforeAll(async () => {
    await installation.aws('ecs', 'create-cluster', '--cluster-name', 'shop');
    await installation.startAgent('shop');
    await installation.until('the instance is registered', async () => {
      const filter = ['--filter', 'agentConnected == true'];
      const listed = await installation.aws('ecs', 'list-container-instances', '--cluster', 'shop', ...filter);
      return listed.containerInstanceArns.length === 1;
    });
  });

  it('shows what the engine of this machine kept, also of a task that ended', async () => {
    await installation.call('RegisterTaskDefinition', {
      family: 'talk',
      containerDefinitions: [
        { name: 'main', image: testImage, memory: 32, command: ['sh', '-c', 'echo first; echo second >&2; exit 3'] },
      ],
    });
    const { tasks } = await installation.aws('ecs', 'run-task', '--cluster', 'shop', '--task-definition', 'talk');
    const [{ taskArn }] = tasks;
    await installation.aws('ecs', 'wait', 'tasks-stopped', '--cluster', 'shop', '--tasks', taskArn);
    const { code, stdout, stderr } = await installation.roadstead('logs', taskArn, '-q');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').sort()).toEqual(['', 'first', 'second']);
  });
});
