import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DiscoverInstancesCommand, ServiceDiscoveryClient } from '@aws-sdk/client-servicediscovery';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostNode, hostPrograms, projectFile } from '../support/host-programs.ts';
import { type Answer, type Installation, startedInstallation, testImage } from '../support/installation.ts';
import { addressOf, shopViews } from './shop.ts';

/** Names of Cloud Map in tasks: two agents on this machine, real containers, this machine's glibc in them. */
let installation: Installation;
let subnets: string[];
const run = promisify(execFile);
const cluster = 'shop';
const { steady, runningTasks } = shopViews(() => installation);
const programs = hostPrograms('/usr/bin/getent');

beforeAll(async () => {
  installation = await startedInstallation();
  await installation.call('CreateCluster', { clusterName: cluster });
  await installation.startAgent(cluster);
  await installation.until('the instance is registered', async () => {
    const { containerInstanceArns } = await installation.call('ListContainerInstances', { cluster });
    return containerInstanceArns.length === 1;
  });
  const network = await installation.call('DescribeNetwork', {}, 'roadstead');
  subnets = [network.subnets[0].subnetId];
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

async function cloudMap(operation: string, ...args: string[]): Promise<Answer> {
  return await installation.aws('servicediscovery', operation, ...args);
}

/** As Terraform waits for a namespace. */
async function done(OperationId: string): Promise<Answer> {
  return await installation.until('the operation is over', async () => {
    const { Operation } = await cloudMap('get-operation', '--operation-id', OperationId);
    return Operation.Status === 'SUCCESS' && Operation;
  });
}

async function namespaceIn(vpcId: string, name: string): Promise<string> {
  const made = await cloudMap('create-private-dns-namespace', '--name', name, '--vpc', vpcId);
  return (await done(made.OperationId)).Targets.NAMESPACE;
}

async function discoveryService(namespaceId: string, name: string, type: string): Promise<Answer> {
  const records = JSON.stringify({ DnsRecords: [{ Type: type, TTL: 5 }] });
  const args = ['--name', name, '--namespace-id', namespaceId, '--dns-config', records];
  return (await cloudMap('create-service', ...args, '--health-check-custom-config', 'FailureThreshold=1')).Service;
}

/** What `getent` finds in a container of the task, as lines. */
async function lookUp(task: Answer, ...args: string[]): Promise<string[]> {
  const id: string = task.containers[0].runtimeId;
  const { stdout } = await run('docker', ['exec', id, '/usr/bin/getent', ...args]).catch(
    (error: { stdout?: string; code?: number }) => ({ stdout: '', ...error }),
  );
  return stdout.split('\n').filter((line) => line !== '');
}

async function addresses(task: Answer, name: string): Promise<string[]> {
  const lines = await lookUp(task, 'ahostsv4', name);
  return [...new Set(lines.map((line) => line.split(/\s+/)[0] ?? ''))].sort(byText);
}

async function defined(family: string, networkMode: string, container: object = {}): Promise<void> {
  await installation.call('RegisterTaskDefinition', {
    family,
    networkMode,
    volumes: programs.volumes,
    containerDefinitions: [
      {
        name: 'app',
        image: testImage,
        memory: 32,
        command: ['sleep', '3600'],
        stopTimeout: 2,
        mountPoints: programs.mountPoints,
        ...container,
      },
    ],
  });
}

/** Questions from within a task's network, by UDP, all at once as musl asks them; what each is answered. */
async function asked(
  task: Answer,
  ...questions: readonly (readonly [name: string, type: string])[]
): Promise<Answer[]> {
  const { stdout: pid } = await run('docker', ['inspect', '-f', '{{.State.Pid}}', task.containers[0].runtimeId]);
  const program = projectFile('test/e2e/in-task/ask-names.ts');
  const args = questions.map((question) => question.join('/'));
  const { stdout } = await run('nsenter', [`--net=/proc/${pid.trim()}/ns/net`, hostNode, program, ...args]);
  return JSON.parse(stdout) as Answer[];
}

it('tasks are found by name while they run, in the container and from the host', async () => {
  const { vpcId } = await installation.call('DescribeNetwork', {}, 'roadstead');
  const namespaceId = await namespaceIn(vpcId, 'shop.local');
  const web = await discoveryService(namespaceId, 'web', 'A');
  await defined('web', 'awsvpc');
  await installation.call('CreateService', {
    cluster,
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 1,
    launchType: 'EC2',
    serviceRegistries: [{ registryArn: web.Arn }],
    networkConfiguration: { awsvpcConfiguration: { subnets } },
  });
  const [client] = await steady('web', 1);
  await installation.until('the first is found', async () => (await addresses(client, 'web.shop.local')).length === 1);
  expect(await addresses(client, 'Web.Shop.local')).toEqual([addressOf(client)]);
  expect(await lookUp(client, 'ahostsv6', 'web.shop.local')).toEqual([]);

  await installation.call('UpdateService', { cluster, service: 'web', desiredCount: 10 });
  const ten = (await steady('web', 10)).map(addressOf).sort(byText);
  const seen = new Set<string>();
  await installation.until('all ten are answered', async () => {
    const [a, aaaa, none] = await asked(
      client,
      ['web.shop.local', 'A'],
      ['web.shop.local', 'AAAA'],
      ['x.shop.local', 'A'],
    );
    expect(a).toMatchObject({ rcode: 0, authority: 0 });
    expect(a.answers.length).toBeLessThanOrEqual(8);
    expect(aaaa).toMatchObject({ rcode: 0, answers: [], authority: 1 });
    expect(none).toMatchObject({ rcode: 3, answers: [], authority: 1 });
    for (const address of a.answers) seen.add(address);
    return seen.size === 10;
  });
  expect([...seen].sort(byText)).toEqual(ten);
  const sdk = new ServiceDiscoveryClient({
    endpoint: installation.url,
    region: 'us-east-1',
    credentials: installation.keys(),
    disableHostPrefix: true,
  });
  const found = await sdk.send(new DiscoverInstancesCommand({ NamespaceName: 'shop.local', ServiceName: 'web' }));
  expect(found.Instances?.map(({ Attributes }) => Attributes?.['AWS_INSTANCE_IPV4'] ?? '').sort(byText)).toEqual(ten);
  expect(found.Instances?.[0]).toMatchObject({ HealthStatus: 'HEALTHY', Attributes: { ECS_SERVICE_NAME: 'web' } });

  // Nobody asks for a task any longer that is to stop, though it has seconds left to live.
  await installation.call('UpdateService', { cluster, service: 'web', desiredCount: 1 });
  await installation.until('nine are to stop', async () => {
    const { services } = await installation.call('DescribeServices', { cluster, services: ['web'] });
    return services[0].runningCount === 1;
  });
  const [left] = await runningTasks('web');
  await installation.until('one is answered', async () => {
    const [answer] = await asked(left, ['web.shop.local', 'A']);
    return answer.answers.length === 1 && answer.answers[0] === addressOf(left);
  });

  const own = await addresses(left, 'web.shop.local');
  expect(own).toEqual([addressOf(left)]);
  const { stdout } = await installation.roadstead('dns', 'lookup', 'web.shop.local');
  expect(stdout.trim()).toBe(addressOf(left));
  await installation.call('DeleteService', { cluster, service: 'web', force: true });
  await installation.until('all are deregistered', async () => {
    const { Instances } = await cloudMap('list-instances', '--service-id', web.Id);
    return Instances.length === 0;
  });
  await cloudMap('delete-service', '--id', web.Id);
  await done((await cloudMap('delete-namespace', '--id', namespaceId)).OperationId);
});

it('bridge tasks find each other by SRV records, with the ports of their host', async () => {
  const { vpcId } = await installation.call('DescribeNetwork', {}, 'roadstead');
  const namespaceId = await namespaceIn(vpcId, 'bridge.local');
  const srv = await discoveryService(namespaceId, '_web._tcp', 'SRV');
  const portMappings = [{ containerPort: 8080 }];
  await defined('srv', 'bridge', { portMappings, command: ['httpd', '-f', '-p', '8080', '-h', '/tmp'] });
  await installation.call('CreateService', {
    cluster,
    serviceName: 'srv',
    taskDefinition: 'srv',
    desiredCount: 1,
    launchType: 'EC2',
    serviceRegistries: [{ registryArn: srv.Arn, containerName: 'app', containerPort: 8080 }],
  });
  const [task] = await steady('srv', 1);
  const port = task.containers[0].networkBindings[0].hostPort;
  await installation.until('it is found', async () => {
    const [answer] = await asked(task, ['_web._tcp.bridge.local', 'SRV']);
    const [record] = answer.answers;
    return record?.port === port && (await addresses(task, record.target)).length === 1;
  });
  await installation.call('DeleteService', { cluster, service: 'srv', force: true });
});

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
