import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { Fault } from '#base';
import {
  AwsJsonServer,
  awsJsonError,
  type CommandResult,
  engineAnswers,
  scriptedEngine,
  TestInstallation,
} from '../../test/support/command-line.ts';
import { Interrupted } from './failure.ts';
import type { CommandLineDeps } from './ports.ts';
import { createProgram } from './program.ts';

const cluster = 'arn:aws:ecs:us-east-1:000000000000:cluster/demo';

/** A control plane with one service that lacks a task. */
const handlers = {
  DescribePlatform: () => ({
    version: '0.1.0',
    region: 'us-east-1',
    startedAt: 1,
    hosts: [
      {
        arn: 'arn',
        instanceId: 'i-0a1b2c3d4e5f60718',
        pool: 'fargate',
        status: 'ACTIVE',
        agentConnected: true,
        cpuUnits: 2048,
        memoryMiB: 4096,
        remainingCpuUnits: 1536,
        remainingMemoryMiB: 3072,
        runningTasks: 2,
      },
    ],
    counts: { clusters: 1, services: 1, tasks: 2, hosts: 1 },
  }),
  ListClusters: () => ({ clusterArns: [cluster] }),
  ListServices: () => ({ serviceArns: ['arn:hello'] }),
  DescribeServices: () => ({
    services: [
      {
        serviceName: 'hello',
        clusterArn: cluster,
        desiredCount: 3,
        runningCount: 2,
        pendingCount: 1,
        createdAt: 1_795_000_000,
        taskDefinition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/hello:7',
        deployments: [
          {
            status: 'PRIMARY',
            rolloutState: 'IN_PROGRESS',
            runningCount: 2,
            desiredCount: 3,
            failedTasks: 1,
            rolloutStateReason: 'ECS deployment ecs-svc/1 in progress.',
          },
        ],
        events: Array.from({ length: 7 }, (_, i) => ({ createdAt: 1_795_000_100 - i, message: `event ${i}` })),
      },
    ],
  }),
  DescribeNetwork: () => ({ subnets: [{ subnetId: 'subnet-a' }, { subnetId: 'subnet-b' }], securityGroups: [] }),
  CreateAccount: ({ name }: Readonly<Record<string, unknown>>) => {
    if (name === 'taken') throw awsJsonError(400, 'AccountAlreadyExistsException', 'There is such an account.');
    return { account: { accountId: '123456789012', name }, accessKeyId: 'AKIANEW', secretAccessKey: 'new-secret' };
  },
  InterruptSpot: ({ target }: Readonly<Record<string, unknown>>) => {
    if (target === 'i-0') throw awsJsonError(400, 'ResourceNotFoundException', 'There is no such thing.');
    return { containerInstanceArn: `arn:${String(target)}` };
  },
  ListAccounts: () => ({ accounts: [{ accountId: '000000000000', name: 'default' }] }),
  RegisterTaskDefinition: (input: Readonly<Record<string, unknown>>) => ({
    taskDefinition: {
      ...input,
      revision: 1,
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1',
    },
  }),
};

/** Runs one command line against that control plane. */
async function run(
  argv: readonly string[],
  overrides: Partial<CommandLineDeps> & { readonly input?: string } = {},
): Promise<CommandResult & { readonly calls: AwsJsonServer['calls'] }> {
  await using server = await AwsJsonServer.start(handlers);
  await using installation = await TestInstallation.create();
  await installation.pretendRunning(server.url);
  return { ...(await installation.run(argv, overrides)), calls: server.calls };
}

const definition = 'family: web\ncpu: 256\ncontainerDefinitions:\n  - name: app\n    image: app:1\n';

describe('every command', () => {
  test('has a help with two examples', async () => {
    await using installation = await TestInstallation.create();
    const paths = commandPaths(createProgram(installation.deps(), { exitCode: 0 }));
    expect(paths.length).toBeGreaterThanOrEqual(13);
    for (const path of paths) {
      const { exitCode, stdout, stderr } = await installation.run([...path, '--help']);
      expect({ path, exitCode, stderr }).toEqual({ path, exitCode: 0, stderr: '' });
      expect(stdout.match(/^ {2}\$ /gm)?.length, path.join(' ')).toBeGreaterThanOrEqual(2);
      expect(stdout).toContain('--json');
    }
  });

  const jsonCommands: readonly (readonly string[])[] = [
    ['status'],
    ['env'],
    ['env', '--unset'],
    ['account', 'create', 'team'],
    ['account', 'list'],
    ['spot', 'interrupt', 'i-0a1b2c3d4e5f60718', '--cluster', 'web'],
    ['version'],
    ['doctor'],
    ['down'],
    ['register', '-f', '-'],
  ];
  test.each(jsonCommands.map((argv) => [argv.join(' '), argv] as const))('%s answers --json', async (_, argv) => {
    const engine = scriptedEngine(engineAnswers);
    for (const flags of [['--json'], ['-o', 'json']]) {
      const { stdout } = await run([...argv, ...flags], { engine, input: definition });
      expect(typeof JSON.parse(stdout)).toBe('object');
    }
    const lines = await run([...argv, '-o', 'jsonl'], { engine, input: definition });
    for (const line of lines.stdout.trim().split('\n')) JSON.parse(line);
  });

  test('has no colour in a pipe, and has it when asked', async () => {
    const escape = '\u001b[';
    for (const argv of [['status'], ['doctor'], ['account', 'list'], ['version'], ['up', '--port', 'x']]) {
      const plain = await run(argv);
      expect(plain.stdout + plain.stderr).not.toContain(escape);
    }
    expect((await run(['status', '--color', 'always'])).stdout).toContain(escape);
    expect((await run(['status', '--color=never'], { env: { FORCE_COLOR: '1' } })).stdout).not.toContain(escape);
  });
});

describe('exit codes', () => {
  test.each([
    ['no such command', ['dwon'], 2],
    ['no such option', ['status', '--colour'], 2],
    ['not a port', ['up', '--port', '70000'], 2],
    ['not a format', ['status', '-o', 'xml'], 2],
    ['a missing argument', ['account', 'create'], 2],
    ['a data directory that is not absolute', ['status', '--data-dir', 'here'], 2],
    ['help', ['help'], 0],
    ['an account that exists', ['account', 'create', 'taken'], 1],
    ['a file that is not there', ['register', '-f', '/no/such/file'], 3],
  ])('%s', async (_, argv, exitCode) => {
    const result = await run(argv);
    expect(result.exitCode).toBe(exitCode);
    if (exitCode !== 0) expect(result).toMatchObject({ stdout: '' });
  });

  test('a mistyped command is answered with the nearest one', async () => {
    expect((await run(['dwon'])).stderr).toContain('Did you mean down?');
  });

  test('69 when nothing runs, with what to do', async () => {
    await using installation = await TestInstallation.create();
    const result = await installation.run(['status']);
    expect(result.exitCode).toBe(69);
    expect(result.stderr).toMatch(/^error: Roadstead is not running\n {2}no server .*\n {2}next: roadstead up\n$/);
  });

  test('69 when nobody listens any more', async () => {
    await using installation = await TestInstallation.create();
    await installation.pretendRunning('http://127.0.0.1:1');
    const result = await installation.run(['status']);
    expect(result.exitCode).toBe(69);
    expect(result.stderr).toContain('the control plane at http://127.0.0.1:1 does not answer\n  http://127.0.0.1:1/: ');
  });

  test('130 when interrupted', async () => {
    await using installation = await TestInstallation.create();
    await installation.pretendRunning('http://127.0.0.1:1');
    const result = await installation.run(['status'], { signal: AbortSignal.abort(new Interrupted('SIGINT')) });
    expect(result).toEqual({ exitCode: 130, stdout: '', stderr: 'interrupted\n' });
  });
});

describe('status', () => {
  test('shows what is wrong first, then hosts, services, rollouts and the last five events', async () => {
    const { stdout } = await run(['status']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('✗ 1 service is below the desired count. 1 cluster, 1 service, 2 tasks');
    expect(stdout).toMatch(/^i-0a1b2c3d4e5f60718 {2}ACTIVE {2}connected {2}2 {6}1536\/2048 {2}3072\/4096 MiB$/m);
    expect(stdout).toMatch(/^hello {4}demo {5}3 {8}2 {8}1 {8}hello:7 {3}IN_PROGRESS {2}/m);
    expect(stdout).toContain('◐ hello: 2/3 running, 1 failed. ECS deployment ecs-svc/1 in progress.');
    expect(stdout.match(/ ago {2}event \d$/gm)).toHaveLength(5);
  });

  test('-q prints names', async () => {
    expect((await run(['status', '-q'])).stdout).toBe('hello\n');
  });

  test('--debug shows the exchange, but no signature', async () => {
    const { stderr, stdout } = await run(['account', 'create', 'team', '--debug']);
    expect(stdout).toContain('new-secret');
    expect(stderr).toContain('> x-amz-target: Roadstead_20261121.CreateAccount');
    expect(stderr).toContain('Signature=***');
    expect(stderr).toContain('"secretAccessKey":"***"');
    expect(stderr).not.toMatch(/new-secret|Signature=[0-9a-f]/);
  });
});

test('env gives what the aws CLI and SDKs read, and nothing of AWS stays in the way', async () => {
  const { stdout } = await run(['env']);
  expect(stdout).toMatch(/^export AWS_ENDPOINT_URL='http:\/\/127\.0\.0\.1:\d+';$/m);
  for (const line of [
    "export AWS_ACCESS_KEY_ID='AKIADEFAULT';",
    "export AWS_SECRET_ACCESS_KEY='default-secret';",
    "export AWS_REGION='us-east-1';",
    "export AWS_DEFAULT_REGION='us-east-1';",
    "export ROADSTEAD_SUBNETS='subnet-a,subnet-b';",
    'unset AWS_SESSION_TOKEN;',
  ]) {
    expect(stdout.split('\n')).toContain(line);
  }
  expect((await run(['env', '--shell', 'fish'])).stdout).toContain("set -gx AWS_REGION 'us-east-1';");
});

test('account create prints the keys, as JSON under three names', async () => {
  const { stdout, calls } = await run(['account', 'create', 'team-a', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    accountId: '123456789012',
    accessKeyId: 'AKIANEW',
    secretAccessKey: 'new-secret',
  });
  expect(calls.map(({ operation, input }) => ({ operation, input }))).toEqual([
    { operation: 'CreateAccount', input: { name: 'team-a' } },
  ]);
  expect(calls[0]?.authorization).toMatch(/Credential=AKIAPLATFORM\/\d{8}\/us-east-1\/roadstead\/aws4_request/);
});

test('spot interrupt names what it interrupts, and says when there is nothing', async () => {
  const { stdout, calls } = await run(['spot', 'interrupt', 'i-0a1b2c3d4e5f60718', '--cluster', 'web']);
  expect(stdout).toContain('Container instance arn:i-0a1b2c3d4e5f60718 is set DRAINING.');
  expect(calls.map(({ operation, input }) => ({ operation, input }))).toEqual([
    { operation: 'InterruptSpot', input: { target: 'i-0a1b2c3d4e5f60718', cluster: 'web' } },
  ]);
  expect((await run(['spot', 'interrupt', 'i-0'])).exitCode).toBe(3);
});

describe('register', () => {
  test('sends a YAML document as the API wants it and answers in its shape', async () => {
    const { stdout, calls } = await run(['register', '-f', '-', '--json'], { input: definition });
    const input = { family: 'web', cpu: '256', containerDefinitions: [{ name: 'app', image: 'app:1' }] };
    expect(calls[0]).toMatchObject({ operation: 'RegisterTaskDefinition', input });
    expect(JSON.parse(stdout)).toMatchObject({ taskDefinition: { family: 'web', revision: 1 } });
    expect((await run(['register', '-f', '-', '-q'], { input: definition })).stdout).toBe('web:1\n');
  });

  test('points at what it does not understand, and sends nothing', async () => {
    const { exitCode, stderr, calls } = await run(['register', '-f', '-'], {
      input: 'family: web\ncontianerDefinitions: []\n',
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('standard input:2:1: ');
    expect(stderr).toContain('"containerDefinitions"');
    expect(calls).toEqual([]);
  });
});

test('doctor without an engine fails and names the fix', async () => {
  const result = await run(['doctor', '--json'], {
    engine: {
      address: 'unix:///var/run/docker.sock',
      send: () => Promise.reject(new Fault('EngineDenied', 'permission denied on unix:///var/run/docker.sock')),
    },
  });
  expect(result.exitCode).toBe(1);
  const { healthy, checks } = JSON.parse(result.stdout) as {
    readonly healthy: boolean;
    readonly checks: readonly { readonly name: string; readonly state: string; readonly fix?: string }[];
  };
  expect(healthy).toBe(false);
  expect(checks.find(({ name }) => name === 'engine')).toMatchObject({
    state: 'failed',
    fix: expect.stringContaining('sudo usermod -aG docker "$USER"') as string,
  });
});

test("the README's table has every exit code", async () => {
  const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  const { exitCodes } = await import('./exit-codes.ts');
  for (const code of Object.values(exitCodes)) expect(readme).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
});

function commandPaths(command: Command, path: readonly string[] = []): (readonly string[])[] {
  if (command.commands.length === 0) return [path];
  return [
    ...(path.length === 0 ? [] : [path]),
    ...command.commands.flatMap((sub) => commandPaths(sub, [...path, sub.name()])),
  ];
}
