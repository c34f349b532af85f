import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type Answer, type Installation, newInstallation, testImage } from '../support/installation.ts';
import type { ValueServices } from '../support/value-services.ts';

const executionRoleArn = 'arn:aws:iam::000000000000:role/ecsTaskExecutionRole';
export const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/db-AbCdEf';
/** What must be nowhere but in the environment of containers and in the engine's own records of them. */
export const values = {
  password: 'hunter2-in-the-json',
  previous: 'hunter1-before-it',
  parameter: 'the-value-of-a-parameter',
  file: 'the-value-in-a-file',
  token: 'the-token-of-a-log-driver',
};

/** An installation whose agents know where values are, or do not. */
export interface World {
  readonly installation: Installation;
  /** What a task with an interface of its own is asked for with. */
  network: object;
  /** Pid of the agent of the cluster's one container instance. */
  agent: number;
}

/** A control plane with this machine in the Fargate pool and, with another agent, as an instance of `yard`. */
export async function opened(settings: Readonly<Record<string, string>>): Promise<World> {
  const installation = await newInstallation(settings);
  await installation.up('--log-level', 'debug');
  await installation.call('CreateCluster', { clusterName: 'yard' });
  const world = { installation, network: {}, agent: await installation.startAgent('yard') };
  await connected(installation);
  const { subnets } = await installation.call('DescribeNetwork', {}, 'roadstead');
  world.network = { awsvpcConfiguration: { subnets: [subnets[0].subnetId] } };
  return world;
}

export async function connected(installation: Installation, count = 1): Promise<void> {
  await installation.until('the instance is connected', async () => {
    const filter = 'agentConnected == true';
    const { containerInstanceArns } = await installation.call('ListContainerInstances', { cluster: 'yard', filter });
    return containerInstanceArns.length === count;
  });
}

async function register(world: World, launchType: string, containers: readonly Answer[]): Promise<string> {
  const { taskDefinition } = await world.installation.call('RegisterTaskDefinition', {
    family: 'values',
    executionRoleArn,
    ...(launchType === 'FARGATE'
      ? { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' }
      : {}),
    containerDefinitions: containers.map((container) => ({
      name: 'app',
      image: testImage,
      memory: 32,
      stopTimeout: 2,
      command: ['sh', '-c', 'env | sort; echo "## done"; sleep 3600'],
      ...container,
    })),
  });
  return taskDefinition.taskDefinitionArn;
}

export async function ask(
  world: World,
  launchType: string,
  containers: readonly Answer[],
  more: object = {},
): Promise<Answer> {
  return await world.installation.call('RunTask', {
    cluster: 'yard',
    taskDefinition: await register(world, launchType, containers),
    launchType,
    ...(launchType === 'FARGATE' ? { networkConfiguration: world.network } : {}),
    ...more,
  });
}

export async function run(
  world: World,
  launchType: string,
  containers: readonly Answer[],
  more: object = {},
): Promise<string> {
  const { tasks, failures } = await ask(world, launchType, containers, more);
  if (tasks.length !== 1) throw new Error(`not placed: ${JSON.stringify(failures)}`);
  return tasks[0].taskArn;
}

export async function describeTask({ installation }: World, taskArn: string): Promise<Answer> {
  const { tasks } = await installation.call('DescribeTasks', { cluster: 'yard', tasks: [taskArn] });
  return tasks[0];
}

export async function reaches(world: World, taskArn: string, status: string): Promise<Answer> {
  const task = await world.installation.until(`${status} of ${taskArn}`, async () => {
    const found = await describeTask(world, taskArn);
    return found.lastStatus === status || found.lastStatus === 'STOPPED' ? found : undefined;
  });
  if (task.lastStatus !== status) throw new Error(`stopped instead: ${JSON.stringify(task)}`);
  return task;
}

export function runtimeId(task: Answer, name = 'app'): string {
  return task.containers.find((container: Answer) => container.name === name).runtimeId;
}

export function docker(...args: string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8' });
}

/** The environment of a running container as its own process has it. */
export async function environment(world: World, task: Answer): Promise<Record<string, string>> {
  const text = await world.installation.until('the container has told', async () => {
    const printed = docker('logs', runtimeId(task));
    return printed.includes('## done') ? printed : undefined;
  });
  const lines = text.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

export function fill(services: ValueServices): void {
  services.secrets.set(secretArn, {
    AWSCURRENT: JSON.stringify({ user: 'mate', password: values.password, port: 5432 }),
    AWSPREVIOUS: JSON.stringify({ password: values.previous }),
  });
  services.secrets.set(`${secretArn}token`, { AWSCURRENT: values.token });
  services.parameters.set('/shop/key', values.parameter);
  services.objects.set(
    'shop/conf/first.env',
    `# the first\nFILE=${values.file}\nBOTH=first\nGIVEN=file\nQUOTED="kept"\n`,
  );
  services.objects.set('shop/conf/second.env', 'BOTH=second\nMORE=of the second\n');
}

export const everything = {
  environment: [{ name: 'GIVEN', value: 'definition' }],
  environmentFiles: ['first', 'second'].map((name) => ({ type: 's3', value: `arn:aws:s3:::shop/conf/${name}.env` })),
  secrets: [
    { name: 'PASSWORD', valueFrom: `${secretArn}:password::` },
    { name: 'PREVIOUS', valueFrom: `${secretArn}:password:AWSPREVIOUS:` },
    { name: 'PORT', valueFrom: `${secretArn}:port::` },
    { name: 'KEY', valueFrom: '/shop/key' },
    { name: 'KEY_BY_ARN', valueFrom: 'arn:aws:ssm:us-east-1:000000000000:parameter/shop/key' },
  ],
};
export const expected = {
  GIVEN: 'definition',
  FILE: values.file,
  BOTH: 'first',
  MORE: 'of the second',
  QUOTED: '"kept"',
  PASSWORD: values.password,
  PREVIOUS: values.previous,
  PORT: '5432',
  KEY: values.parameter,
  KEY_BY_ARN: values.parameter,
  AWS_REGION: 'us-east-1',
};

/** Everything that processes of this machine were started with. */
export function commandLines(): string {
  const texts = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [readFileSync(`/proc/${name}/cmdline`, 'latin1')];
    } catch {
      return [];
    }
  });
  return texts.join('\n');
}

/** Everything that an installation and its agents wrote. */
export function written({ dataDir }: Installation): string {
  return execFileSync('sh', ['-c', 'find "$0" "$0"-* -type f -exec cat {} +', dataDir], {
    encoding: 'latin1',
    maxBuffer: 256 * 1024 * 1024,
  });
}
