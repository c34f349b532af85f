import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DockerRuntime } from '#agent';
import {
  type Answer,
  endProcess,
  engine,
  type Installation,
  startedInstallation,
  testImage,
} from '../support/installation.ts';
import { StockAgent, stockAgentPath } from '../support/stock-agent.ts';

/**
 * The unmodified open-source ECS agent against the control plane. `ROADSTEAD_TEST_ECS_AGENT` is the path of its program;
 * without it these are skipped. docs/compat/amazon-ecs-agent.md says what else of it was tried.
 */
describe.skipIf(stockAgentPath === undefined)('the open-source ECS agent', () => {
  let installation: Installation;
  let runtime: DockerRuntime;
  let agent: StockAgent;

  beforeAll(async () => {
    runtime = engine();
    installation = await startedInstallation('--no-node');
    agent = new StockAgent(installation);
    agent.start();
    await installation.until('registered and connected', async () => (await instance())?.agentConnected === true);
    await define('web', {
      command: ['sh', '-c', 'mkdir -p /tmp/www && hostname > /tmp/www/index.html && exec httpd -f -p 80 -h /tmp/www'],
      portMappings: [{ containerPort: 80 }],
      healthCheck: { command: ['CMD', 'true'], interval: 5, retries: 2 },
    });
    await define('host', { command: ['sh', '-c', 'echo said; trap "exit 7" TERM; sleep 1000 & wait'] }, 'host');
  });

  afterAll(async () => {
    await agent?.[Symbol.asyncDispose]();
    for (const { id } of await containers()) await runtime.removeContainer(id);
    runtime?.close();
    await installation?.[Symbol.asyncDispose]();
  });

  async function instance(): Promise<Answer> {
    const { containerInstanceArns } = await installation.call('ListContainerInstances', {});
    if (containerInstanceArns.length === 0) return undefined;
    const { containerInstances } = await installation.call('DescribeContainerInstances', {
      containerInstances: containerInstanceArns,
      include: ['CONTAINER_INSTANCE_HEALTH'],
    });
    return containerInstances[0];
  }

  async function define(family: string, container: object, networkMode = 'bridge'): Promise<void> {
    const app = { name: 'app', image: testImage, memory: 32, cpu: 64, ...container };
    await installation.call('RegisterTaskDefinition', { family, networkMode, containerDefinitions: [app] });
  }

  async function run(family: string): Promise<string> {
    const { tasks, failures } = await installation.call('RunTask', { taskDefinition: family, launchType: 'EXTERNAL' });
    expect(failures).toEqual([]);
    return tasks[0].taskArn;
  }

  async function task(taskArn: string): Promise<Answer> {
    return (await installation.call('DescribeTasks', { tasks: [taskArn] })).tasks[0];
  }

  function reaches(taskArn: string, lastStatus: string): Promise<Answer> {
    return installation.reaches(taskArn, lastStatus);
  }

  /** Of the tasks of the account on this engine, running ones and others. */
  async function containers() {
    return (await runtime.listContainers(['com.amazonaws.ecs.cluster=default'])).map(({ id, labels, state }) => ({
      id,
      state,
      taskArn: labels['com.amazonaws.ecs.task-arn'] ?? '',
    }));
  }

  async function runningOf(taskArns: readonly string[]): Promise<string[]> {
    const found = (await containers()).filter(
      ({ state, taskArn }) => state === 'running' && taskArns.includes(taskArn),
    );
    return found.map(({ id }) => id);
  }

  async function serviceTasks(): Promise<string[]> {
    return (await installation.call('ListTasks', { serviceName: 'web' })).taskArns;
  }

  /** Three tasks of the service run, each in one container that the engine has. */
  async function three(): Promise<string[]> {
    return await installation.until(
      'three tasks of the service run',
      async () => {
        const { services } = await installation.call('DescribeServices', { services: ['web'] });
        const tasks = await serviceTasks();
        const whole = services[0].runningCount === 3 && tasks.length === 3 && (await runningOf(tasks)).length === 3;
        return whole && tasks;
      },
      120_000,
    );
  }

  it('registers as an external instance, in a cluster that is made for it, and is healthy', async () => {
    const found = await installation.until('healthy', async () => {
      const now = await instance();
      return now.healthStatus?.overallStatus === 'OK' && now;
    });
    expect(found).toMatchObject({ status: 'ACTIVE', versionInfo: { agentVersion: expect.any(String) } });
    expect(found.ec2InstanceId).toMatch(/^mi-/);
    expect(found.attributes).toContainEqual({ name: 'ecs.capability.external' });
  });

  it('runs a task of its own port, which is healthy, told of and stopped', async () => {
    const taskArn = await run('web');
    const running = await reaches(taskArn, 'RUNNING');
    const [binding] = running.containers[0].networkBindings;
    expect(binding).toMatchObject({ containerPort: 80, hostPort: expect.any(Number), protocol: 'tcp' });
    const [id = ''] = await runningOf([taskArn]);
    expect(running.containers[0].runtimeId).toBe(id);
    const answer = await fetch(`http://127.0.0.1:${binding.hostPort}/`);
    expect((await answer.text()).trim()).toBe(id.slice(0, 12));
    await installation.until('healthy', async () => (await task(taskArn)).healthStatus === 'HEALTHY');
    const usage = await installation.until(
      'what it uses is known',
      async () => (await installation.call('DescribeUsage', { tasks: [taskArn] }, 'roadstead')).tasks[0],
    );
    expect(usage.containers[0]).toMatchObject({ name: 'app', cpuUnits: { average: expect.any(Number) } });
    await installation.call('StopTask', { task: taskArn, reason: 'enough' });
    const stopped = await reaches(taskArn, 'STOPPED');
    expect(stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
    expect(await runningOf([taskArn])).toEqual([]);
  });

  it('runs a task in the host’s network, whose end and exit code are told', async () => {
    const taskArn = await run('host');
    await reaches(taskArn, 'RUNNING');
    const [id = ''] = await runningOf([taskArn]);
    await runtime.killContainer(id, 'SIGTERM');
    const stopped = await reaches(taskArn, 'STOPPED');
    expect(stopped).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 7 }] });
  });

  it('says why a task could not start', async () => {
    await define('nothing', { command: ['/nothing'] });
    const stopped = await reaches(await run('nothing'), 'STOPPED');
    expect(stopped.stopCode).toBe('TaskFailedToStart');
    expect(stopped.stoppedReason).toMatch(/^CannotStartContainerError: .*\/nothing/);
  });

  it('keeps a service at its count', async () => {
    const service = { serviceName: 'web', taskDefinition: 'web', desiredCount: 3, launchType: 'EXTERNAL' };
    await installation.call('CreateService', service);
    const before = await three();
    const [first = ''] = before;
    const [id = ''] = await runningOf([first]);
    await runtime.killContainer(id, 'SIGKILL');
    expect(await reaches(first, 'STOPPED')).toMatchObject({ containers: [{ exitCode: 137 }] });
    const after = await three();
    expect(after.filter((each) => before.includes(each))).toHaveLength(2);
  });

  it('killed and started again: same instance, what runs goes on, what ended meanwhile is replaced', async () => {
    const before = await three();
    const { containerInstanceArn } = await instance();
    const [doomed = '', ...kept] = before;
    const ids = await runningOf(kept);
    await agent.end('SIGKILL');
    await runtime.killContainer((await runningOf([doomed]))[0] ?? '', 'SIGKILL');
    agent.start();
    await reaches(doomed, 'STOPPED');
    const after = await three();
    expect(after).toEqual(expect.arrayContaining(kept));
    expect(await runningOf(kept)).toEqual(ids);
    expect((await instance()).containerInstanceArn).toBe(containerInstanceArn);
    expect(agent.log).not.toContain('Discarding task manifest');
  });

  it('outlives the control plane: what ended while that was away is told when it is back', async () => {
    const before = await three();
    const [doomed = '', ...kept] = before;
    const ids = await runningOf(kept);
    await endProcess(installation.pid('server'), 'SIGKILL');
    await runtime.killContainer((await runningOf([doomed]))[0] ?? '', 'SIGKILL');
    await installation.up('--no-node');
    await reaches(doomed, 'STOPPED');
    expect(await three()).toEqual(expect.arrayContaining(kept));
    expect(await runningOf(kept)).toEqual(ids);
  });

  it('takes nothing new while it is draining, and all again afterwards', async () => {
    const { containerInstanceArn } = await instance();
    const set = (status: string) =>
      installation.call('UpdateContainerInstancesState', { containerInstances: [containerInstanceArn], status });
    await set('DRAINING');
    const { tasks, failures } = await installation.call('RunTask', { taskDefinition: 'web', launchType: 'EXTERNAL' });
    expect([tasks.length, failures.length]).toEqual([0, 1]);
    await set('ACTIVE');
    await three();
  });

  it('deregistered by force: its containers stop, and it leaves for good when it is started again', async () => {
    const tasks = await three();
    const { containerInstanceArn } = await instance();
    await installation.call('DeregisterContainerInstance', { containerInstance: containerInstanceArn, force: true });
    await installation.until('nothing runs any more', async () => (await runningOf(tasks)).length === 0);
    await agent.end('SIGTERM');
    agent.start();
    await installation.until('it ends by itself', async () =>
      agent.log.includes('The referenced container instance was inactive.'),
    );
  });

  it('makes its cluster anew when that was deleted', async () => {
    await installation.call('DeleteService', { service: 'web', force: true });
    await installation.until('the cluster is deleted', async () => {
      const { cluster } = await installation.call('DeleteCluster', { cluster: 'default' });
      return cluster.status === 'INACTIVE';
    });
    await using other = new StockAgent(installation);
    other.start();
    await installation.until('registered and connected', async () => (await instance())?.agentConnected === true);
  });
});
