import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Boto3, pythonWithBoto3 } from '../support/boto3.ts';
import { type Answer, endProcess, type Installation, startedInstallation, testImage } from '../support/installation.ts';

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
  installation = await startedInstallation();
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

describe('aws logs', () => {
  it('makes groups and streams, writes events and reads them back', async () => {
    await logs('create-log-group', '--log-group-name', group, '--tags', 'team=shop');
    await logs('create-log-stream', '--log-group-name', group, '--log-stream-name', stream);
    const events = ['one', 'ERROR two', 'three'].map((message, index) => ({ timestamp: nowMs + index, message }));
    const names = ['--log-group-name', group, '--log-stream-name', stream];
    const put = await logs('put-log-events', ...names, '--log-events', JSON.stringify(events));
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
    await installation.up();
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
  let network: object;

  beforeAll(async () => {
    await installation.call('CreateCluster', {});
    const { subnets } = await installation.call('DescribeNetwork', {}, 'roadstead');
    network = { awsvpcConfiguration: { subnets: [subnets[0].subnetId] } };
  });

  /** What a task of the Fargate pool needs, with containers of the test's image. */
  function fargate(family: string, containers: readonly object[]): object {
    const containerDefinitions = containers.map((each) => ({ name: 'main', image: testImage, ...each }));
    const size = { cpu: '256', memory: '512', networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'] };
    return { family, executionRoleArn, containerDefinitions, ...size };
  }

  /** Runs a task of the definition until it has ended; gives its ARN. */
  async function ended(definition: object): Promise<string> {
    const { taskDefinition } = await installation.call('RegisterTaskDefinition', definition);
    const ran = await installation.call('RunTask', {
      taskDefinition: taskDefinition.taskDefinitionArn,
      launchType: 'FARGATE',
      networkConfiguration: network,
    });
    expect(ran.failures).toEqual([]);
    const [{ taskArn }] = ran.tasks;
    await installation.until('the task has ended', async () => {
      const { tasks } = await installation.call('DescribeTasks', { tasks: [taskArn] });
      return tasks[0].lastStatus === 'STOPPED';
    });
    return taskArn;
  }

  const awslogs = (options: object = {}) => ({
    logDriver: 'awslogs',
    options: {
      'awslogs-group': '/shop/tasks',
      'awslogs-region': 'us-east-1',
      'awslogs-stream-prefix': 'talk',
      'awslogs-create-group': 'true',
      ...options,
    },
  });
  const executionRoleArn = 'arn:aws:iam::000000000000:role/ecsTaskExecutionRole';

  it('shows what the engine of this machine kept, also of a task that ended', async () => {
    const command = ['sh', '-c', 'echo first; echo second >&2; exit 3'];
    const taskArn = await ended(fargate('talk', [{ command }]));
    const { code, stdout, stderr } = await installation.roadstead('logs', taskArn, '-q');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').sort()).toEqual(['', 'first', 'second']);
  });

  it('awslogs writes here with the execution role, line by line and in order, whichever way it buffers', async () => {
    const command = ['sh', '-c', 'for i in $(seq 1000); do echo line $i; done'];
    const container = (name: string, mode: string) => {
      const logConfiguration = awslogs({ mode });
      return { name, command, logConfiguration, essential: false };
    };
    const taskArn = await ended(
      fargate('shipped', [
        { ...container('blocking', 'blocking'), essential: true, command: ['sh', '-c', `${command[2]}; sleep 1`] },
        container('buffered', 'non-blocking'),
      ]),
    );
    const taskId = taskArn.slice(taskArn.lastIndexOf('/') + 1);
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${index + 1}`);
    for (const name of ['blocking', 'buffered']) {
      const names = ['--log-group-name', '/shop/tasks', '--log-stream-name', `talk/${name}/${taskId}`];
      const read = await installation.until('all is written', async () => {
        const answer = await logs('get-log-events', ...names, '--start-from-head');
        return answer.events.length >= lines.length ? answer : undefined;
      });
      expect(messages(read)).toEqual(lines);
    }
    const flags = ['--container', 'buffered', '--tail', '1000', '--quiet'];
    const { code, stdout } = await installation.roadstead('logs', taskArn, ...flags);
    expect({ code, lines: stdout.trimEnd().split('\n') }).toEqual({ code: 0, lines });
    const described = await logs('describe-log-streams', '--log-group-name', '/shop/tasks');
    expect(described.logStreams).toHaveLength(2);
  });

  it.each([
    ['a pattern', 'patterned', { 'awslogs-multiline-pattern': '^INFO' }, ['INFO one', 'INFO two']],
    [
      'how times are written',
      'dated',
      { 'awslogs-datetime-format': '\\[%b %d, %Y %H:%M:%S\\]' },
      ['[Nov 21, 2026 17:03:09] one', 'at [once] [Nov 22, 2026 03:00:59] two'],
    ],
  ])('awslogs joins lines by %s', async (_, family, options, [first, second]) => {
    const logConfiguration = awslogs({ ...options, 'awslogs-stream-prefix': family });
    const command = ['sh', '-c', `printf '${first}\\n  at a\\n  at b\\n${second}\\n'`];
    await ended(fargate(family, [{ command, logConfiguration }]));
    const read = await installation.until('both are written', async () => {
      const flags = ['--log-group-name', '/shop/tasks', '--log-stream-name-prefix', `${family}/main/`];
      const answer = await logs('filter-log-events', ...flags);
      return answer.events.length === 2 ? answer : undefined;
    });
    expect(messages(read).map((message) => message.trim())).toEqual([`${first}\n  at a\n  at b`, second]);
  });

  it('a task whose group is missing says so', async () => {
    const logConfiguration = awslogs({ 'awslogs-group': '/none', 'awslogs-create-group': 'false', mode: 'blocking' });
    const taskArn = await ended(fargate('groupless', [{ command: ['true'], logConfiguration }]));
    const { tasks } = await installation.call('DescribeTasks', { tasks: [taskArn] });
    expect(JSON.stringify(tasks[0])).toContain('The specified log group does not exist.');
  });

  it('follows a service through a killed server, and the task that replaces a stopped one', async () => {
    const command = ['sh', '-c', 'while true; do echo tick of $(hostname); sleep 0.2; done'];
    const logConfiguration = awslogs({ 'awslogs-stream-prefix': 'ticking' });
    await installation.call(
      'RegisterTaskDefinition',
      fargate('ticking', [{ command, logConfiguration, stopTimeout: 2 }]),
    );
    await installation.call('CreateService', {
      serviceName: 'ticking',
      taskDefinition: 'ticking',
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: network,
    });
    await using following = installation.following('logs', 'ticking', '-f', '-o', 'jsonl');
    const tasksSeen = (): readonly string[] => [
      ...new Set(following.lines.map((line): string => JSON.parse(line).taskArn)),
    ];
    await installation.until('the first task is heard', async () => tasksSeen().length === 1);
    await endProcess(installation.pid('server'), 'SIGKILL');
    await installation.up();
    const before = following.lines.length;
    await installation.until('the first task is heard again', async () => following.lines.length > before);
    await installation.call('StopTask', { task: tasksSeen()[0] ?? '' });
    await installation.until('the second task is heard', async () => tasksSeen().length === 2);
    expect(new Set(following.lines).size).toBe(following.lines.length);
    const all = await installation.roadstead('logs', 'ticking', '--since', '10m', '-o', 'jsonl');
    const heard = all.stdout
      .trimEnd()
      .split('\n')
      .map((line): string => JSON.parse(line).taskArn);
    expect([...new Set(heard)].sort()).toEqual([...tasksSeen()].sort());
    await installation.call('DeleteService', { service: 'ticking', force: true });
  });
});
