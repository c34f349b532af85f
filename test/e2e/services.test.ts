import {
  DescribeServicesCommand,
  ECSClient,
  ServiceNotFoundException,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DockerRuntime } from '#agent';
import { fargateDefinition } from '../support/definitions.ts';
import {
  type Answer,
  endProcess,
  engine,
  type Installation,
  startedInstallation,
  testImage,
} from '../support/installation.ts';
import { addressOf, body, shopViews } from './shop.ts';

let installation: Installation;
let runtime: DockerRuntime;
let agentPid: number;
let subnets: string;

const serve = ['sh', '-c', 'mkdir -p /www && hostname > /www/index.html && exec httpd -f -p "$PORT" -h /www'];

const { service, runningTasks, steady, runtimeIds } = shopViews(() => installation);

beforeAll(async () => {
  runtime = engine();
  installation = await startedInstallation();
  await installation.aws('ecs', 'create-cluster', '--cluster-name', 'shop');
  agentPid = await installation.startAgent('shop');
  const network = await installation.call('DescribeNetwork', {}, 'roadstead');
  subnets = network.subnets.map((each: { subnetId: string }) => each.subnetId).join(',');
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
  runtime?.close();
});

describe('a Fargate service', () => {
  it('made with the aws CLI answers on every task’s own address', async () => {
    const containers = [
      { name: 'web', image: testImage, command: serve, stopTimeout: 2, environment: [{ name: 'PORT', value: '8080' }] },
    ];
    await installation.aws(
      'ecs',
      'register-task-definition',
      '--family',
      'web',
      '--network-mode',
      'awsvpc',
      '--requires-compatibilities',
      'FARGATE',
      '--cpu',
      '256',
      '--memory',
      '512',
      '--container-definitions',
      JSON.stringify(containers),
    );
    const network = `awsvpcConfiguration={subnets=[${subnets}]}`;
    const created = await installation.aws(
      'ecs',
      'create-service',
      '--cluster',
      'shop',
      '--service-name',
      'web',
      '--task-definition',
      'web',
      '--desired-count',
      '3',
      '--launch-type',
      'FARGATE',
      '--network-configuration',
      network,
    );
    expect(created.service).toMatchObject({ status: 'ACTIVE', desiredCount: 3 });
    await installation.aws('ecs', 'wait', 'services-stable', '--cluster', 'shop', '--services', 'web');
    const tasks = await steady('web', 3);
    expect(new Set(tasks.map(addressOf)).size).toBe(3);
    for (const task of tasks) {
      expect(await body(`http://${addressOf(task)}:8080/`)).toContain(`ip-${addressOf(task).replaceAll('.', '-')}`);
      expect(task).not.toHaveProperty('containerInstanceArn');
      expect(task).toMatchObject({ launchType: 'FARGATE', platformVersion: '1.4.0', connectivity: 'CONNECTED' });
    }
    await installation.until('it says so', async () =>
      (await service('web')).events[0].message.endsWith('has reached a steady state.'),
    );
  });

  it('replaces a container that is killed, and says why it stopped', async () => {
    const [victim] = await steady('web', 3);
    await runtime.killContainer(victim.containers[0].runtimeId, 'SIGKILL');
    await installation.until('the task is stopped', async () => {
      const { tasks } = await installation.call('DescribeTasks', { cluster: 'shop', tasks: [victim.taskArn] });
      return tasks[0].lastStatus === 'STOPPED';
    });
    const { tasks } = await installation.aws('ecs', 'describe-tasks', '--cluster', 'shop', '--tasks', victim.taskArn);
    expect(tasks[0]).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 137, lastStatus: 'STOPPED' }],
    });
    const replaced = await steady('web', 3);
    expect(replaced.map((task) => task.taskArn)).not.toContain(victim.taskArn);
  });

  it('is untouched when its agent is killed', async () => {
    await steady('web', 3);
    const before = await runtimeIds('web');
    const dead = installation.pid('agent');
    process.kill(dead, 'SIGKILL');
    await installation.until('another agent runs', async () => installation.pid('agent') !== dead);
    await installation.until('it is connected', async () => {
      const platform = await installation.call('DescribePlatform', {}, 'roadstead');
      return platform.hosts.some((host: Answer) => host.pool === 'fargate' && host.agentConnected);
    });
    expect(await runtimeIds('web')).toEqual(before);
    const [victim] = await steady('web', 3);
    await runtime.killContainer(victim.containers[0].runtimeId, 'SIGKILL');
    await installation.until('the new agent still sees deaths', async () =>
      (await runningTasks('web')).every((task) => task.taskArn !== victim.taskArn),
    );
    await steady('web', 3);
  });

  it('is untouched when the control plane is killed, and nothing is forgotten', async () => {
    await steady('web', 3);
    const before = await runtimeIds('web');
    const dead = installation.pid('server');
    const agent = installation.pid('agent');
    await endProcess(dead, 'SIGKILL');
    expect((await installation.roadstead('status')).code).toBe(69);
    await installation.up();
    await steady('web', 3);
    expect(await runtimeIds('web')).toEqual(before);
    expect(installation.pid('agent')).toBe(agent);
  });

  it('rolls a new revision out through the JS SDK', async () => {
    const { accessKeyId, secretAccessKey } = installation.keys();
    const client = new ECSClient({
      endpoint: installation.url,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey },
    });
    const environment = [{ name: 'PORT', value: '8081' }];
    await installation.call(
      'RegisterTaskDefinition',
      fargateDefinition('web', { name: 'web', image: testImage, command: serve, stopTimeout: 2, environment }),
    );
    const updated = await client.send(
      new UpdateServiceCommand({ cluster: 'shop', service: 'web', taskDefinition: 'web:2' }),
    );
    expect(updated.service?.deployments?.map((each) => each.status)).toEqual(['PRIMARY', 'ACTIVE']);
    const tasks = await installation.until('all run the new revision', async () => {
      const running = await runningTasks('web');
      const described = await client.send(new DescribeServicesCommand({ cluster: 'shop', services: ['web'] }));
      return running.length === 3 && described.services?.[0]?.deployments?.length === 1 && running;
    });
    for (const task of tasks) expect(await body(`http://${addressOf(task)}:8081/`)).not.toBe('');
    await expect(client.send(new UpdateServiceCommand({ cluster: 'shop', service: 'nope' }))).rejects.toBeInstanceOf(
      ServiceNotFoundException,
    );
    client.destroy();
  });
});

describe('an EC2 service', () => {
  it('runs on the cluster’s instance with a dynamic host port', async () => {
    const { containerInstanceArns } = await installation.until('the instance is registered', async () => {
      const listed = await installation.aws(
        'ecs',
        'list-container-instances',
        '--cluster',
        'shop',
        '--filter',
        'agentConnected == true',
      );
      return listed.containerInstanceArns.length === 1 && listed;
    });
    await installation.call('RegisterTaskDefinition', {
      family: 'bridge',
      containerDefinitions: [
        {
          name: 'web',
          image: testImage,
          memory: 64,
          command: serve,
          stopTimeout: 2,
          environment: [{ name: 'PORT', value: '80' }],
          portMappings: [{ containerPort: 80 }],
          healthCheck: { command: ['CMD-SHELL', 'test -f /www/index.html'], interval: 5, retries: 2 },
        },
      ],
    });
    await installation.aws(
      'ecs',
      'create-service',
      '--cluster',
      'shop',
      '--service-name',
      'bridge',
      '--task-definition',
      'bridge',
      '--desired-count',
      '2',
      '--launch-type',
      'EC2',
    );
    const tasks = await steady('bridge', 2);
    for (const task of tasks) {
      expect(task.containerInstanceArn).toBe(containerInstanceArns[0]);
      const [binding] = task.containers[0].networkBindings;
      expect(binding).toMatchObject({ containerPort: 80, protocol: 'tcp', bindIP: '0.0.0.0' });
      expect(await body(`http://127.0.0.1:${binding.hostPort}/`)).not.toBe('');
    }
    await installation.until('both are healthy', async () =>
      (await runningTasks('bridge')).every((task) => task.healthStatus === 'HEALTHY'),
    );
    const { containerInstances } = await installation.aws(
      'ecs',
      'describe-container-instances',
      '--cluster',
      'shop',
      '--container-instances',
      containerInstanceArns[0],
    );
    expect(containerInstances[0]).toMatchObject({ runningTasksCount: 2, agentConnected: true, status: 'ACTIVE' });
  });

  it('moves nothing when its agent is killed, and the next agent takes its containers over', async () => {
    const [kept, victim] = await runtimeIds('bridge');
    await endProcess(agentPid, 'SIGKILL');
    await runtime.killContainer(victim ?? '', 'SIGKILL');
    agentPid = await installation.startAgent('shop');
    await installation.until('what died meanwhile is replaced', async () => {
      const ids = await runtimeIds('bridge');
      return ids.length === 2 && !ids.includes(victim ?? '');
    });
    expect(await runtimeIds('bridge')).toContain(kept);
  });

  it('backs off from an image that is nowhere, and says so in ECS’s words', async () => {
    await installation.call('RegisterTaskDefinition', {
      family: 'missing',
      containerDefinitions: [{ name: 'main', image: 'localhost:1/nowhere:1', memory: 32 }],
    });
    await installation.call('CreateService', {
      cluster: 'shop',
      serviceName: 'missing',
      taskDefinition: 'missing',
      desiredCount: 1,
    });
    const stopped = await installation.until('a task failed', async () => {
      const { taskArns } = await installation.call('ListTasks', {
        cluster: 'shop',
        serviceName: 'missing',
        desiredStatus: 'STOPPED',
      });
      if (taskArns.length === 0) return undefined;
      const { tasks } = await installation.call('DescribeTasks', { cluster: 'shop', tasks: taskArns });
      return tasks.find((task: Answer) => task.lastStatus === 'STOPPED');
    });
    expect(stopped).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(/^CannotPullContainerError: /),
    });
    await installation.aws('ecs', 'delete-service', '--cluster', 'shop', '--service', 'missing', '--force');
  });
});

describe('the end', () => {
  it('leaves services INACTIVE and the engine empty', async () => {
    for (const name of ['web', 'bridge']) {
      await installation.aws('ecs', 'delete-service', '--cluster', 'shop', '--service', name, '--force');
    }
    await installation.until('both are INACTIVE', async () => {
      const { services } = await installation.call('DescribeServices', {
        cluster: 'shop',
        services: ['web', 'bridge'],
      });
      return services.every((each: Answer) => each.status === 'INACTIVE');
    });
    await installation.until('no task is left', async () => {
      const { clusters } = await installation.call('DescribeClusters', { clusters: ['shop'] });
      return clusters[0].runningTasksCount === 0 && clusters[0].pendingTasksCount === 0;
    });
  });
});
