import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cuttableLine } from '../support/cuttable-line.ts';
import { type Installation, startedInstallation, testImage } from '../support/installation.ts';
import { parsePrometheus } from '../support/prometheus.ts';

const root = join(import.meta.dirname, '../..');
/** AWS's own client of data channels: the judge where it is installed. */
const plugin = spawnSync('session-manager-plugin', ['--version']).status === 0;

let installation: Installation;
let task: string;

beforeAll(async () => {
  installation = await startedInstallation();
  await installation.call('CreateCluster', {});
  await installation.call('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    taskRoleArn: 'arn:aws:iam::000000000000:role/web',
    containerDefinitions: [{ name: 'app', image: testImage, command: ['sleep', '3600'], user: '1000', stopTimeout: 2 }],
  });
  const { subnets } = await installation.call('DescribeNetwork', {}, 'roadstead');
  await installation.call('CreateService', {
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 1,
    launchType: 'FARGATE',
    enableExecuteCommand: true,
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnets[0].subnetId] } },
  });
  task = await installation.until('the task runs', async () => {
    const { taskArns } = await installation.call('ListTasks', { serviceName: 'web' });
    const { tasks } =
      taskArns.length === 0 ? { tasks: [] } : await installation.call('DescribeTasks', { tasks: taskArns });
    return tasks[0]?.lastStatus === 'RUNNING' && tasks[0].taskArn;
  });
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a program to its end, with all of its input at once. */
function run(program: string, args: readonly string[], input: Buffer | string = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...process.env, ...installation.environment() } });
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr }));
    child.stdin.end(input);
  });
}

const roadstead = (args: readonly string[], input?: Buffer | string): Promise<Ended> =>
  run(join(root, 'roadstead'), ['--data-dir', installation.dataDir, 'exec', ...args], input);

describe('roadstead exec', () => {
  it('runs a command as root in a task of the service, keeps its streams apart, and ends with its exit code', async () => {
    const { code, stdout, stderr } = await roadstead([
      'web',
      '--',
      'sh',
      '-c',
      'id -u; echo "what went wrong" >&2; exit 7',
    ]);
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 7,
      stdout: '0\n',
      stderr: 'what went wrong\n',
    });
    const named = await roadstead([task, '--container', 'app', '--', 'echo', 'a  b', "it's"]);
    expect(named.stdout.toString()).toBe("a  b it's\n");
  });

  it('carries a megabyte in and out as it is', async () => {
    const sent = randomBytes(1024 ** 2);
    const { code, stdout } = await roadstead(['web', '--', 'cat'], sent);
    expect(code).toBe(0);
    expect(digest(stdout)).toBe(digest(sent));
  });

  it('gives a shell on a terminal', async () => {
    const command = `${join(root, 'roadstead')} --data-dir ${installation.dataDir} exec web`;
    const { code, stdout } = await run('script', ['-qec', command, '/dev/null'], 'tty; exit 5\n');
    expect(stdout.toString()).toMatch(/\/dev\/pts\/\d/);
    expect(code).toBe(5);
  });

  it('says what cannot be started, and what is not there', async () => {
    const missing = await roadstead(['web', '--', 'no-such-program']);
    expect(missing.code).toBe(126);
    // The engine says so where the command would have written.
    expect(missing.stdout.toString() + missing.stderr).toContain('no-such-program');
    const container = await roadstead(['web', '--container', 'db']);
    expect(container.code).toBe(3);
    expect(container.stderr).toContain('app');
    expect((await roadstead(['shop'])).code).toBe(3);
  });

  it('is logged where the cluster says', async () => {
    await installation.aws('logs', 'create-log-group', '--log-group-name', '/audit');
    const logConfiguration = { cloudWatchLogGroupName: '/audit' };
    const configuration = { executeCommandConfiguration: { logging: 'OVERRIDE', logConfiguration } };
    await installation.call('UpdateCluster', { cluster: 'default', configuration });
    await roadstead(['web', '--', 'sh', '-c', 'echo what was; echo seen']);
    const messages = await installation.until('the session is logged', async () => {
      const { events } = await installation.aws('logs', 'filter-log-events', '--log-group-name', '/audit');
      return events.length >= 2 && events.map(({ message }: { message: string }) => message);
    });
    expect(messages).toEqual(['what was', 'seen']);
  });

  it('is on record for an auditor, and counted while it is open', async () => {
    const text = (): string => readFileSync(join(installation.dataDir, 'audit.jsonl'), 'utf8');
    const opened = async (): Promise<number> => {
      const page = await (await fetch(`${installation.url}/metrics`)).text();
      return parsePrometheus(page).value('roadstead_sessions_open');
    };
    const before = text().split('\n').length;
    const session = roadstead(['web', '--', 'sleep', '2']);
    await installation.until('the session is counted', async () => (await opened()) === 1);
    await session;
    await installation.until('its end is on record', async () => text().split('\n').length === before + 2);
    const [begin, end] = text()
      .trim()
      .split('\n')
      .slice(-2)
      .map((line) => JSON.parse(line));
    const about = { taskArn: task, containerName: 'app', principalArn: 'arn:aws:iam::000000000000:root' };
    expect(begin).toMatchObject({ event: 'SessionOpened', ...about });
    expect(end).toMatchObject({ event: 'SessionEnded', sessionId: begin.sessionId, ...about });
    expect(await opened()).toBe(0);
    expect(text()).not.toContain('sleep');
  });

  it('ends the command with its caller', async () => {
    const args = ['--data-dir', installation.dataDir, 'exec', 'web', '--', 'sleep', '4321'];
    const child = spawn(join(root, 'roadstead'), args, { env: { ...process.env, ...installation.environment() } });
    const isThere = async (): Promise<boolean> => {
      const { stdout } = await roadstead(['web', '--', 'ps']);
      return stdout.toString().includes('sleep 4321');
    };
    await installation.until('the command runs', isThere);
    child.kill('SIGTERM');
    await installation.until('the command is gone', async () => !(await isThere()));
  });

  it('goes on with the command when its connection is cut', async () => {
    await using line = await cuttableLine(installation.url);
    const args = ['--data-dir', installation.dataDir, 'exec', 'web', '--', 'cat'];
    const env = { ...process.env, ...installation.environment(), AWS_ENDPOINT_URL: line.url };
    const child = spawn(join(root, 'roadstead'), args, { env });
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
    child.stdin.write('before;');
    await installation.until('the command answers', async () => shown === 'before;');
    line.cut();
    child.stdin.end('after');
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, shown }).toEqual({ code: 0, shown: 'before;after' });
  });
});

describe('aws ecs execute-command', () => {
  it.skipIf(!plugin)('runs a shell through session-manager-plugin', async () => {
    const command = `aws ecs execute-command --task ${task} --container app --interactive --command /bin/sh`;
    const { stdout } = await run('script', ['-qec', command, '/dev/null'], 'echo "$((6 * 7)) answers"; tty; exit\n');
    expect(stdout.toString()).toContain('42 answers');
    expect(stdout.toString()).toMatch(/\/dev\/pts\/\d/);
  });
});

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
