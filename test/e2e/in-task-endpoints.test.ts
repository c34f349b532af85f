import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, endProcess, type Installation, startedInstallation, testImage } from '../support/installation.ts';

/** Two agents on this machine: one of the Fargate pool, one of a cluster's own instance. */
let installation: Installation;
let agentPid: number;

const root = realpathSync(new URL('../..', import.meta.url).pathname).replace(/\/$/, '');
const cluster = 'shop';
const account = '000000000000';

beforeAll(async () => {
  installation = await startedInstallation();
  await installation.call('CreateCluster', { clusterName: cluster });
  agentPid = await installation.startAgent(cluster);
  await installation.until('the instance is registered', async () => {
    const { containerInstanceArns } = await installation.call('ListContainerInstances', { cluster });
    return containerInstanceArns.length === 1;
  });
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

/** This machine's Node.js and the SDK in a container: host folders, read-only, at their own places. */
const folders = ['/lib', '/lib64', '/usr/lib', root, realpathSync(`${root}/node_modules`)].filter(
  (path, index, all) => existsSync(path) && all.indexOf(path) === index,
);
const node = realpathSync(process.execPath);
const mounted = {
  volumes: [...folders, node].map((sourcePath, index) => ({ name: `v${index}`, host: { sourcePath } })),
  mountPoints: [...folders, node].map((containerPath, index) => ({
    sourceVolume: `v${index}`,
    containerPath,
    readOnly: true,
  })),
};

async function subnets(): Promise<string[]> {
  const { subnets: found } = await installation.call('DescribeNetwork', {}, 'roadstead');
  return [found[0].subnetId];
}

async function runningTask(input: object): Promise<Answer> {
  const { tasks, failures } = await installation.call('RunTask', { cluster, ...input });
  expect(failures).toEqual([]);
  return becomes(tasks[0].taskArn);
}

async function becomes(taskArn: string): Promise<Answer> {
  return installation.until(`${taskArn} runs`, async () => {
    const described = await installation.call('DescribeTasks', { cluster, tasks: [taskArn] });
    const [task] = described.tasks;
    if (task.lastStatus === 'STOPPED') throw new Error(`stopped: ${task.stoppedReason} ${task.containers[0].reason}`);
    return task.lastStatus === 'RUNNING' && task;
  });
}

/** The one line that a container printed, as JSON. */
async function printed(task: Answer): Promise<Answer> {
  const id: string = task.containers[0].runtimeId;
  return installation.until(`output of ${task.taskArn}`, async () => {
    const text = execFileSync('docker', ['logs', id], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const line = text.split('\n').find((each) => each.startsWith('{'));
    return line === undefined ? undefined : JSON.parse(line);
  });
}

describe.each(['bridge', 'host', 'awsvpc'])('a process in a task with network mode %s', (networkMode) => {
  let task: Answer;
  let found: Answer;

  beforeAll(async () => {
    const family = `probe-${networkMode}`;
    await installation.call('RegisterTaskDefinition', {
      family,
      networkMode,
      taskRoleArn: 'arn:aws:iam::000000000000:role/service/app',
      volumes: mounted.volumes,
      containerDefinitions: [
        {
          name: 'app',
          image: testImage,
          memory: 256,
          stopTimeout: 2,
          command: [node, `${root}/test/e2e/in-task/probe.ts`],
          mountPoints: mounted.mountPoints,
        },
      ],
    });
    const network =
      networkMode === 'awsvpc' ? { networkConfiguration: { awsvpcConfiguration: { subnets: await subnets() } } } : {};
    const made = await installation.call('CreateService', {
      cluster,
      serviceName: family,
      taskDefinition: family,
      desiredCount: 1,
      launchType: 'EC2',
      tags: [{ key: 'team', value: 'core' }],
      propagateTags: 'SERVICE',
      ...network,
    });
    const arn = await installation.until('the service has a task', async () => {
      const { taskArns } = await installation.call('ListTasks', { cluster, serviceName: family });
      return taskArns[0] as string | undefined;
    });
    expect(made.service.serviceName).toBe(family);
    task = await becomes(arn);
    found = await printed(task);
  });

  afterAll(async () => {
    await installation.call('DeleteService', { cluster, service: `probe-${networkMode}`, force: true });
  });

  it('finds metadata of its container and of its task', () => {
    const { body: container } = found.container;
    expect(container).toMatchObject({
      DockerId: task.containers[0].runtimeId,
      Name: 'app',
      Image: testImage,
      KnownStatus: 'RUNNING',
      DesiredStatus: 'RUNNING',
      Type: 'NORMAL',
      Limits: { CPU: 2, Memory: 256 },
      ContainerARN: task.containers[0].containerArn,
      LogDriver: 'json-file',
      Networks: [{ NetworkMode: networkMode }],
    });
    expect(container.ImageID).toMatch(/^sha256:/);
    expect(Object.keys(container.Labels).filter((name) => name.startsWith('roadstead'))).toEqual([]);
    const [address] = task.containers[0].networkInterfaces.map((each: Answer) => each.privateIpv4Address);
    if (networkMode === 'awsvpc') expect(container.Networks[0].IPv4Addresses).toEqual([address]);
    expect(found.task.body).toMatchObject({
      Cluster: cluster,
      TaskARN: task.taskArn,
      Family: `probe-${networkMode}`,
      Revision: '1',
      ServiceName: `probe-${networkMode}`,
      DesiredStatus: 'RUNNING',
      KnownStatus: 'RUNNING',
      AvailabilityZone: 'us-east-1a',
      LaunchType: 'EC2',
      FaultInjectionEnabled: false,
    });
    expect(found.withTags.body).toMatchObject({ TaskARN: task.taskArn, TaskTags: { team: 'core' } });
    expect(found.withTags.body.Errors).toBeUndefined();
    const { ServiceName: _, LaunchType: _type, ...third } = found.third.body;
    expect(third).toMatchObject({ TaskARN: task.taskArn, KnownStatus: 'RUNNING' });
    expect(found.third.body.FaultInjectionEnabled).toBeUndefined();
    // The second generation knows a task by an address of its own.
    if (networkMode === 'awsvpc') expect(found.second.body).toMatchObject({ TaskARN: task.taskArn });
    // 503 while another installation's agent on this machine is away, which might know it.
    else expect([400, 503]).toContain(found.second.status);
  });

  it('finds what it uses', () => {
    const { body: stats } = found.stats;
    expect(stats).toMatchObject({ id: task.containers[0].runtimeId });
    expect(stats.cpu_stats.cpu_usage.total_usage).toBeGreaterThan(stats.precpu_stats.cpu_usage.total_usage);
    expect(Object.keys(found.taskStats.body)).toEqual([task.containers[0].runtimeId]);
    if (networkMode === 'host') return;
    expect(stats.networks.eth0.tx_bytes).toBeGreaterThan(0);
    expect(stats.network_rate_stats.tx_bytes_per_sec).toBeGreaterThanOrEqual(0);
  });

  it('finds the credentials of its role, and the SDK does with no configuration', () => {
    const { body: credentials } = found.credentials;
    expect(credentials.RoleArn).toBe(`arn:aws:iam::${account}:role/service/app`);
    expect(found.sdk).toMatchObject({
      accessKeyId: credentials.AccessKeyId,
      clusterArns: [`arn:aws:ecs:us-east-1:${account}:cluster/${cluster}`],
      status: 'ACTIVE',
    });
  });

  it('protects itself from scale-in', async () => {
    const state = (each: Answer): Answer => each.body.protection;
    expect(state(found.protection.before)).toEqual({
      ExpirationDate: null,
      ProtectionEnabled: false,
      TaskArn: task.taskArn,
    });
    expect(state(found.protection.on)).toMatchObject({ ProtectionEnabled: true });
    expect(found.protection.wrong).toMatchObject({ status: 400, body: { error: { Arn: task.taskArn } } });
    expect(state(found.protection.after)).toEqual(state(found.protection.on));
    const { protectedTasks } = await installation.call('GetTaskProtection', { cluster, tasks: [task.taskArn] });
    expect(protectedTasks).toMatchObject([{ taskArn: task.taskArn, protectionEnabled: true }]);
    expect(found.fault).toMatchObject({
      status: 400,
      body: { Error: expect.stringContaining('enableFaultInjection is not enabled') },
    });
  });
});

describe('a process in a task on Fargate', () => {
  it('finds what it would find there', async () => {
    await installation.call('RegisterTaskDefinition', {
      family: 'probe-fargate',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      taskRoleArn: 'app',
      containerDefinitions: [{ name: 'app', image: testImage, command: ['sleep', '3600'], stopTimeout: 2 }],
    });
    const task = await runningTask({
      taskDefinition: 'probe-fargate',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: await subnets() } },
    });
    const found = JSON.parse(inside(task, 'wget -q -O - $ECS_CONTAINER_METADATA_URI_V4/task'));
    expect(found).toMatchObject({
      Cluster: `arn:aws:ecs:us-east-1:${account}:cluster/${cluster}`,
      TaskARN: task.taskArn,
      LaunchType: 'FARGATE',
      Limits: { CPU: 0.25, Memory: 512 },
    });
    expect(found.EphemeralStorageMetrics.Reserved).toBe(20 * 1024);
    expect(found.EphemeralStorageMetrics.Utilized).toBeGreaterThan(0);
    expect(found.Containers).toHaveLength(1);
    const id = task.taskArn.split('/').at(-1);
    expect(found.Containers[0]).toMatchObject({ DockerName: 'app', Networks: [{ NetworkMode: 'awsvpc' }] });
    expect(found.Containers[0].DockerId).toMatch(new RegExp(`^${id}-\\d+$`));
    const credentials = JSON.parse(inside(task, credentialsOfRole));
    expect(credentials).toMatchObject({ RoleArn: `arn:aws:iam::${account}:role/app` });
  });
});

const credentialsOfRole = 'wget -q -O - http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';

function inside(task: Answer, command: string): string {
  return execFileSync('docker', ['exec', task.containers[0].runtimeId, 'sh', '-c', command], {
    encoding: 'utf8',
    timeout: 30_000,
  });
}

describe('credentials of a role', () => {
  it('are nowhere but in memory, and there again after the agent was killed', async () => {
    await installation.call('RegisterTaskDefinition', {
      family: 'keeper',
      taskRoleArn: 'app',
      containerDefinitions: [{ name: 'app', image: testImage, memory: 32, command: ['sleep', '3600'], stopTimeout: 2 }],
    });
    const task = await runningTask({ taskDefinition: 'keeper', launchType: 'EC2' });
    const before = JSON.parse(inside(task, credentialsOfRole));
    expect(before.SecretAccessKey).toMatch(/^.{40}$/);
    const folders = [installation.dataDir, `${installation.dataDir}-ec2`, `${installation.dataDir}-ec2.log`];
    for (const secret of [before.SecretAccessKey, before.Token.slice(0, 60)]) {
      const found = execFileSync('sh', ['-c', 'grep -rlF -e "$0" "$@" || true', secret, ...folders], {
        encoding: 'utf8',
      });
      expect(found).toBe('');
      expect(execFileSync('docker', ['inspect', task.containers[0].runtimeId], { encoding: 'utf8' })).not.toContain(
        secret,
      );
    }
    await endProcess(agentPid, 'SIGKILL');
    await installation.startAgent(cluster);
    const after = await installation.until('credentials are there again', async () =>
      JSON.parse(inside(task, `${credentialsOfRole} 2>/dev/null || echo false`)),
    );
    expect(after.RoleArn).toBe(before.RoleArn);
  });
});
