import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, endProcess, type Installation, startedInstallation, testImage } from '../support/installation.ts';
import { makeNodeImage, nodeImage, removeNodeImage } from '../support/node-image.ts';

/** Two services in one namespace, with the real API, engine and proxies: `client` calls `http://api`, by name alone. */
let installation: Installation;
let subnets: readonly string[];

const cluster = 'shop';

beforeAll(async () => {
  await makeNodeImage([]);
  installation = await startedInstallation();
  await installation.call('CreateCluster', { clusterName: cluster, serviceConnectDefaults: { namespace: 'internal' } });
  const { Subnets } = await installation.aws('ec2', 'describe-subnets');
  subnets = Subnets.map(({ SubnetId }: Answer) => SubnetId).slice(0, 1);
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
  await removeNodeImage();
});

/** A server that says its version; it ends at once when told to, as careless programs do. */
function server(version: string): object {
  const script = `mkdir -p /www && echo ${version} > /www/index.html && trap 'exit 0' TERM; httpd -f -p 127.0.0.1:8080 -h /www & wait`;
  return { name: 'app', image: testImage, command: ['sh', '-c', script], stopTimeout: 2 };
}

/** Calls without end, and writes down every answer. */
const calls = `
  const { appendFileSync, writeFileSync } = require('node:fs');
  writeFileSync('/etc/nsswitch.conf', 'hosts: files dns');
  const call = () => fetch('http://api/', { signal: AbortSignal.timeout(20_000) })
    .then(async (answer) => answer.ok ? (await answer.text()).trim() : 'FAILED', () => 'FAILED')
    .then((text) => { appendFileSync('/tmp/answers', text + '\\n'); setTimeout(call, 5); });
  call();`;
const caller = { name: 'caller', image: nodeImage, command: ['node', '-e', calls], stopTimeout: 2 };

async function define(family: string, container: object, portMappings: readonly object[] = []): Promise<void> {
  await installation.call('RegisterTaskDefinition', {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: 'arn:aws:iam::000000000000:role/ecsTaskExecutionRole',
    containerDefinitions: [{ ...container, portMappings }],
  });
}

async function create(
  serviceName: string,
  desiredCount: number,
  services: readonly object[],
  more: object = {},
): Promise<void> {
  await installation.call('CreateService', {
    cluster,
    serviceName,
    taskDefinition: serviceName,
    desiredCount,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets } },
    serviceConnectConfiguration: { enabled: true, services, ...more },
  });
  await steady(serviceName);
}

const logGroup = '/shop/proxies';
const accessLog = {
  accessLogConfiguration: { format: 'JSON', includeQueryParameters: 'ENABLED' },
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': logGroup, 'awslogs-stream-prefix': 'sc', 'awslogs-create-group': 'true' },
  },
};

function steady(serviceName: string): Promise<unknown> {
  return installation.until(
    `${serviceName} is steady`,
    async () => {
      const { services } = await installation.call('DescribeServices', { cluster, services: [serviceName] });
      const [{ deployments, runningCount, desiredCount }] = services;
      return deployments.length === 1 && deployments[0].rolloutState === 'COMPLETED' && runningCount === desiredCount;
    },
    120_000,
  );
}

async function tasksOf(serviceName: string): Promise<readonly Answer[]> {
  const { taskArns } = await installation.call('ListTasks', { cluster, serviceName });
  const { tasks } = await installation.call('DescribeTasks', { cluster, tasks: taskArns });
  return tasks;
}

function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8' }).trim();
}

function runtimeIdOf(task: Answer, name: RegExp): string {
  return task.containers.find((container: Answer) => name.test(container.name))?.runtimeId;
}

async function answers(): Promise<readonly string[]> {
  const [client] = await tasksOf('client');
  return docker('exec', runtimeIdOf(client, /caller/), 'busybox', 'cat', '/tmp/answers').split('\n');
}

const proxyName = /^ecs-service-connect-/;

test('a task calls a service by its name; the proxies are containers of their tasks, running and healthy', async () => {
  await define('api', server('v1'), [{ name: 'http', containerPort: 8080, appProtocol: 'http' }]);
  await define('client', caller);
  const alias = { port: 80, dnsName: 'api' };
  await create('api', 2, [{ portName: 'http', discoveryName: 'api', clientAliases: [alias] }], accessLog);
  await create('client', 1, []);
  await installation.until(
    'the client has answers',
    async () => (await answers()).filter((line) => line === 'v1').length > 20,
  );
  expect(await answers()).not.toContain('FAILED');
  for (const task of [...(await tasksOf('api')), ...(await tasksOf('client'))]) {
    const proxy = task.containers.find(({ name }: Answer) => proxyName.test(name));
    expect(proxy).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'HEALTHY' });
    const pid = docker('inspect', '-f', '{{.State.Pid}}', proxy.runtimeId);
    // In its task's control group, and nobody's root.
    expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toContain(`/ecs/${task.taskArn.split('/').at(-1)}/`);
    expect(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]).not.toBe('0');
  }
});

test('a new version rolls out while the client calls: every request is answered', async () => {
  const before = (await answers()).length;
  await define('api', server('v2'), [{ name: 'http', containerPort: 8080, appProtocol: 'http' }]);
  await installation.call('UpdateService', { cluster, service: 'api', taskDefinition: 'api' });
  await steady('api');
  const rolled = (await answers()).length;
  await installation.until('the new version alone answers', async () => (await answers()).length > rolled + 50);
  const all = (await answers()).slice(before);
  const counts = Object.fromEntries(
    ['v1', 'v2', 'FAILED'].map((text) => [text, all.filter((one) => one === text).length]),
  );
  console.log('requests over a rolling update', counts);
  expect(counts['FAILED']).toBe(0);
  expect(counts['v2']).toBeGreaterThan(50);
  expect(new Set(all.slice(-40))).toEqual(new Set(['v2']));
});

test('what the proxies have to say is in CloudWatch Logs: requests, and no more', async () => {
  const lines = await installation.until('requests are written', async () => {
    const { events } = await installation.aws('logs', 'filter-log-events', '--log-group-name', logGroup);
    return events.length > 50 && events.map(({ message }: Answer) => message.trim());
  });
  expect(JSON.parse(lines.at(-1))).toMatchObject({ method: 'GET', path: '/', authority: 'api', response_code: 200 });
  expect(lines.filter((line: string) => !/^\{|^\[WARNING\].* is (DOWN|UP), reason: /.test(line))).toEqual([]);
});

test('a task that is killed, and a proxy that is killed, cost what was under way at most', async () => {
  const [first, second] = await tasksOf('api');
  const before = (await answers()).length;
  docker('kill', '-s', 'KILL', runtimeIdOf(first, /app/));
  await steady('api');
  const proxy = runtimeIdOf(second, proxyName);
  docker('kill', '-s', 'KILL', proxy);
  await installation.until(
    'the proxy runs again',
    async () => docker('inspect', '-f', '{{.State.Running}}', proxy) === 'true',
  );
  const now = (await answers()).length;
  await installation.until('the client goes on', async () => (await answers()).length > now + 100);
  const all = (await answers()).slice(before);
  console.log('requests over kills', { all: all.length, failed: all.filter((line) => line === 'FAILED').length });
  expect(all.slice(-50)).not.toContain('FAILED');
  const [again] = (await tasksOf('api')).filter(({ taskArn }) => taskArn === second.taskArn);
  expect(again.lastStatus).toBe('RUNNING');
});

test('services that go leave nothing of their proxies', async () => {
  for (const service of ['client', 'api']) {
    await installation.call('DeleteService', { cluster, service, force: true });
  }
  await installation.until(
    'no task runs',
    async () => (await installation.call('ListTasks', { cluster })).taskArns.length === 0,
  );
  const directory = `${installation.dataDir}/agent/mesh`;
  await installation.until(
    'no files are left',
    async () => !existsSync(directory) || readdirSync(directory).length === 0,
  );
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  expect(
    processes.filter((line) => line.startsWith('/usr/sbin/haproxy') && line.includes(installation.dataDir)),
  ).toEqual([]);
});

describe('in bridge mode', () => {
  let agentPid: number;
  const agent = 'bridge';
  const ofCluster = `label=com.amazonaws.ecs.cluster=${cluster}`;

  beforeAll(async () => {
    agentPid = await installation.startAgent(cluster, agent);
  });

  /** A server that says its name, at all addresses of its container. */
  const says = (name: string, portName: string) => ({
    name,
    image: nodeImage,
    command: [
      'node',
      '-e',
      `require('node:http').createServer((_, answer) => answer.end('${name}')).listen(8080);
       require('node:fs').writeFileSync('/etc/nsswitch.conf', 'hosts: files dns');
       process.on('SIGTERM', () => process.exit());`,
    ],
    portMappings: [{ name: portName, containerPort: 8080, appProtocol: 'http' }],
    stopTimeout: 2,
  });
  const offers = (portName: string, dnsName: string, more: object = {}) => ({
    portName,
    discoveryName: dnsName,
    clientAliases: [{ port: 80, dnsName }],
    ...more,
  });

  async function createBridged(name: string, containers: readonly object[], services: readonly object[]) {
    const bridged = { family: name, memory: '256', containerDefinitions: containers };
    await installation.call('RegisterTaskDefinition', bridged);
    await installation.call('CreateService', {
      cluster,
      serviceName: name,
      taskDefinition: name,
      desiredCount: 1,
      launchType: 'EC2',
      // The port of a host is one task's.
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
      serviceConnectConfiguration: { enabled: true, services },
    });
    await steady(name);
  }

  /** What the containers of a service's task are answered. */
  async function answerTo(service: string, container: RegExp, url: string): Promise<string> {
    const [task] = await tasksOf(service);
    return ask(runtimeIdOf(task, container), url);
  }

  function ask(container: string, url: string): string {
    const script = `fetch('${url}').then((a) => a.text()).then(console.log, (e) => console.log('FAILED', e.cause))`;
    return docker('exec', container, 'node', '-e', script);
  }

  test('two services on one instance call each other by name; each container has its own network', async () => {
    const override = { ingressPortOverride: 18_642 };
    // Two containers of a task with one and the same port, and two names with another.
    const back = [says('orders', 'http'), says('stock', 'other')];
    await createBridged('back', back, [offers('http', 'orders'), offers('other', 'stock', override)]);
    await createBridged('front', [says('front', 'web')], [offers('web', 'front')]);
    for (const name of ['orders', 'stock']) {
      await installation.until(`${name} answers`, async () => {
        return (await answerTo('front', /front/, `http://${name}/`)) === name;
      });
    }
    await installation.call('UpdateService', { cluster, service: 'back', forceNewDeployment: true });
    await steady('back');
    await installation.until('front answers', async () => {
      return (await answerTo('back', /stock/, 'http://front/')) === 'front';
    });
    const [task] = await tasksOf('back');
    const proxy = task.containers.find(({ name }: Answer) => proxyName.test(name));
    expect(proxy).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'HEALTHY' });
    const ports = proxy.networkBindings.map(({ hostPort }: Answer) => hostPort);
    expect(ports).toContain(18_642);
    const [{ deployments }] = (await installation.call('DescribeServices', { cluster, services: ['back'] })).services;
    const { discoveryArn } = deployments[0].serviceConnectResources[1];
    const id = discoveryArn.split('/').at(-1);
    const { Instances } = await installation.aws('servicediscovery', 'list-instances', '--service-id', id);
    expect(Instances.map(({ Attributes }: Answer) => Attributes.AWS_INSTANCE_PORT)).toEqual(['18642']);
  });

  test('an agent that is killed leaves the proxies serving; the next one has them follow, and leaves nothing', async () => {
    const [task] = await tasksOf('front');
    const [front, proxy] = [/front/, proxyName].map((name) => runtimeIdOf(task, name));
    await endProcess(agentPid, 'SIGKILL');
    expect(ask(front ?? '', 'http://orders/')).toBe('orders');
    const startedAt = docker('inspect', '-f', '{{.State.StartedAt}}', proxy ?? '');
    await installation.call('DeleteService', { cluster, service: 'back', force: true });
    agentPid = await installation.startAgent(cluster, agent);
    await installation.until('nobody answers', async () => ask(front ?? '', 'http://orders/').startsWith('FAILED'));
    const running = (): readonly string[] => docker('ps', '--format', '{{.Names}}', '--filter', ofCluster).split('\n');
    await installation.until('nothing of it is left', async () => running().every((name) => !/-back-/.test(name)));
    expect(running()).toHaveLength(4);
    expect(docker('inspect', '-f', '{{.State.StartedAt}}', proxy ?? '')).toBe(startedAt);
    await installation.call('DeleteService', { cluster, service: 'front', force: true });
    await installation.until('nothing runs', async () => docker('ps', '-q', '--filter', ofCluster) === '');
    const directory = `${installation.dataDir}-${agent}/agent/mesh`;
    await installation.until('no files are left', async () => readdirSync(directory).length === 0);
  });
});
