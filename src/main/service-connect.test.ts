import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Metrics } from '#base';
import { applyTaskReport, type ContainerInstanceArn, type Task } from '#model';
import type { Answer } from '../../test/support/api-harness.ts';
import { testCertificates } from '../../test/support/certificates.ts';
import { type ElbLoops, elbLoops } from '../../test/support/elb-loops.ts';
import { parsePrometheus } from '../../test/support/prometheus.ts';
import { recordConnect } from '../dispatch/connect-report.ts';
import { certificateCompiler } from '../dispatch/host-state/certificate.ts';
import { meshEndpointCompiler } from '../dispatch/host-state/mesh-endpoint.ts';
import { meshProxyCompiler } from '../dispatch/host-state/mesh-proxy.ts';
import { meshTraffic } from './mesh-traffic.ts';
import { showServiceConnect } from './metrics/service-connect.ts';

let world: ElbLoops;

beforeEach(async () => {
  world = await elbLoops();
  await world.ecs('CreateCluster', { serviceConnectDefaults: { namespace: 'internal' } });
  for (let revision = 0; revision < 2; revision++) {
    await world.ecs('RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        { name: 'app', image: 'app', portMappings: [{ containerPort: 8080, name: 'http', appProtocol: 'http' }] },
      ],
    });
  }
});

afterEach(() => world[Symbol.asyncDispose]());

const alias = { port: 80, dnsName: 'web' };

async function create(serviceName: string, connect: object = {}, more: object = {}): Promise<Answer> {
  const { service } = await world.ecs('CreateService', {
    serviceName,
    taskDefinition: 'web:1',
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: world.subnets.slice(0, 1) } },
    serviceConnectConfiguration: { enabled: true, ...connect },
    ...more,
  });
  return service;
}

const offers = (members: object = {}) => ({ services: [{ portName: 'http', clientAliases: [alias], ...members }] });
const cloudMap = (operation: string, input: object) =>
  world.harness.call(operation, input, { service: 'servicediscovery' });
const endpointOf = (arn: string) => meshEndpointCompiler.compile(world.harness.store.view, arn);
const proxiesOf = (serviceName: string) =>
  world
    .tasks()
    .filter(({ serviceArn, lastStatus }) => serviceArn?.endsWith(`/${serviceName}`) && lastStatus !== 'STOPPED')
    .map(({ taskArn }) => meshProxyCompiler.compile(world.harness.store.view, taskArn)?.body);
const running = (serviceName: string) =>
  world
    .tasks()
    .filter(({ serviceArn, lastStatus }) => serviceArn?.endsWith(`/${serviceName}`) && lastStatus === 'RUNNING');
const arnOf = (service: Answer): string => service.deployments[0].serviceConnectResources[0].discoveryArn;
const described = async (name: string): Promise<Answer> =>
  (await world.ecs('DescribeServices', { services: [name] })).services[0];
const steady = (): boolean => world.events().at(-1)?.endsWith('has reached a steady state.') === true;

describe('a service with Service Connect', () => {
  it('is found in Cloud Map while its tasks run, and by the hosts', async () => {
    const service = await create('web', offers());
    expect(service.deployments[0].serviceConnectResources).toEqual([
      { discoveryName: 'http', discoveryArn: expect.stringMatching(/^arn:aws:servicediscovery:.*:service\/srv-/) },
    ]);
    await world.until('two tasks', () => running('web').length === 2);
    const find = { NamespaceName: 'internal', ServiceName: 'http' };
    const { Instances } = await cloudMap('DiscoverInstances', find);
    const addresses = running('web').map(({ attachment }) => attachment?.privateIpv4Address);
    const found = Instances.map(({ Attributes }: Answer) => Attributes.AWS_INSTANCE_IPV4);
    expect(new Set(found)).toEqual(new Set(addresses));
    expect(Instances[0].Attributes.AWS_INSTANCE_PORT).toBe('8080');
    const targets = running('web').map(({ taskArn, attachment }) => ({
      taskArn,
      address: attachment?.privateIpv4Address,
      port: 8080,
    }));
    const document = endpointOf(arnOf(service));
    expect(document?.body).toMatchObject({
      discoveryName: 'http',
      protocol: 'http',
      idleTimeoutSeconds: 300,
      perRequestTimeoutSeconds: 15,
    });
    expect(document?.body.shares).toEqual([{ name: expect.any(String), weight: 100, targets }]);
    expect(document?.scopes).toEqual([`namespace:${document?.body.namespaceArn}`]);

    await expect(cloudMap('DeleteService', { Id: arnOf(service) })).rejects.toMatchObject({ code: 'ResourceInUse' });
    await world.ecs('StopTask', { task: running('web')[0]?.taskArn });
    const left = endpointOf(arnOf(service))?.body.shares.flatMap((share) => share.targets);
    expect(left?.map(({ taskArn }) => taskArn)).toEqual(running('web').map(({ taskArn }) => taskArn));
    await world.ecs('DeleteService', { service: 'web', force: true });
    await world.until('gone', () => world.harness.store.view.discoveryServices.size === 0);
    expect(endpointOf(arnOf(service))).toBeUndefined();
    expect((await cloudMap('ListNamespaces', {})).Namespaces).toHaveLength(1);
  });

  it('calls what the namespace had when its deployment began, and nothing later', async () => {
    await create('client');
    await world.until('clients', () => running('client').length === 2);
    expect(proxiesOf('client').map((proxy) => [proxy?.ingress, proxy?.egress])).toEqual([
      [[], []],
      [[], []],
    ]);
    const web = await create('web', offers());
    await world.until('web', () => running('web').length === 2);
    expect(proxiesOf('client')[0]?.egress).toEqual([]);
    await world.ecs('UpdateService', { service: 'client', forceNewDeployment: true });
    const called = [{ endpointId: arnOf(web), hostName: 'web', port: 80, address: '127.255.0.1' }];
    await world.until('it calls web', () => {
      const proxies = proxiesOf('client');
      return proxies.length === 2 && proxies.every((proxy) => proxy?.egress.length === 1);
    });
    expect(proxiesOf('client')[0]?.egress).toEqual(called);
    expect(proxiesOf('web')[0]).toMatchObject({
      containerName: expect.stringMatching(/^ecs-service-connect-[A-Za-z0-9]{5}$/),
      clusterName: 'default',
      serviceName: 'web',
      ingress: [{ endpointId: arnOf(web), containerPort: 8080, listenerPort: 8080 }],
      egress: called,
    });
    const { serviceArns } = await world.ecs('ListServicesByNamespace', { namespace: 'internal' });
    expect(serviceArns.map((arn: string) => arn.split('/').at(-1))).toEqual(['client', 'web']);
  });

  it('shares traffic alike among all tasks of a rollout', async () => {
    const deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 125 };
    const service = await create('web', offers(), { deploymentConfiguration, desiredCount: 4 });
    await world.until('steady', steady);
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    const definitionOf = (arn: string): string => world.harness.store.view.tasks.get(arn).taskDefinitionArn;
    let mixed = false;
    await world.until('the new tasks alone', () => {
      const [share, ...others] = endpointOf(arnOf(service))?.body.shares ?? [];
      expect([share?.targets.length, others.length]).not.toEqual([0, 0]);
      mixed ||= new Set(share?.targets.map(({ taskArn }) => definitionOf(taskArn))).size === 2;
      return steady() && running('web').every(({ taskDefinitionArn }) => taskDefinitionArn.endsWith('web:2'));
    });
    expect(mixed).toBe(true);
  });

  it('keeps its proxy in the task as a container that everything depends on', async () => {
    await create('web', offers());
    await world.until('two tasks', () => running('web').length === 2);
    const [first] = running('web');
    const { tasks } = await world.ecs('DescribeTasks', { tasks: [first?.taskArn] });
    const [app, proxy] = tasks[0].containers;
    expect(proxy).toMatchObject({ name: first?.serviceConnect?.containerName, healthStatus: 'HEALTHY' });
    expect([proxy.image, app.name, tasks[0].healthStatus]).toEqual([undefined, 'app', 'HEALTHY']);
    expect(tasks[0].attachments[1]).toMatchObject({
      type: 'Service Connect',
      status: 'ATTACHED',
      details: [{ name: 'ContainerName', value: proxy.name }],
    });
    expect(first?.containers[1]?.essential).toBe(true);
    const exec = (container: object) =>
      world.ecs('ExecuteCommand', { task: first?.taskArn, command: 'ls', interactive: true, ...container });
    await expect(exec({ container: proxy.name })).rejects.toThrow('The container does not exist in the task.');
    await expect(exec({})).rejects.toThrow('execute command was not enabled');
  });
});

describe('in bridge mode', () => {
  it('a task is called by its host, at the port that its proxy has there; an override is reserved', async () => {
    const capabilities = ['ecs.capability.service-connect-v1', 'ecs.capability.task-cpu-mem-limit'];
    const able = Object.fromEntries(capabilities.map((name) => [name, '']));
    const attributes = { ...able, 'roadstead.underlay-address': '10.9.0.1' };
    await world.harness.addHost({ cluster: 'default', attributes });
    const ports = [
      { containerPort: 80, name: 'http', appProtocol: 'http' },
      { containerPort: 81, name: 'admin' },
    ];
    const app = { name: 'app', image: 'app', portMappings: ports };
    await world.ecs('RegisterTaskDefinition', { family: 'bridged', memory: '64', containerDefinitions: [app] });
    const services = [
      { portName: 'http', clientAliases: [alias] },
      { portName: 'admin', clientAliases: [{ port: 80, dnsName: 'admin' }], ingressPortOverride: 8088 },
    ];
    const ec2 = { taskDefinition: 'bridged', launchType: 'EC2', desiredCount: 2, networkConfiguration: undefined };
    const service = await create('web', { services }, ec2);
    await world.until('one that fits', () => running('web').length === 1);
    expect(world.events().join()).toContain('TCP port 8088 is in use');
    const [task] = running('web');
    expect(task?.reserves.tcpPorts).toEqual([8088]);
    const [http, admin] = [0, 1].map((index) => service.deployments[0].serviceConnectResources[index].discoveryArn);
    const targets = (arn: string) => endpointOf(arn)?.body.shares.flatMap((share) => share.targets);
    expect([targets(http), targets(admin)]).toEqual([[], []]);
    expect(proxiesOf('web')[0]).toMatchObject({
      ingress: [
        { endpointId: http, containerName: 'app', containerPort: 80, listenerPort: 65_000 },
        { endpointId: admin, containerName: 'app', containerPort: 81, listenerPort: 64_999 },
      ],
      egress: [
        { hostName: 'web', port: 80, address: '169.254.176.1' },
        { hostName: 'admin', port: 80, address: '169.254.176.2' },
      ],
    });
    const networkBindings = [
      { bindIP: '0.0.0.0', containerPort: 65_000, hostPort: 49_200, protocol: 'tcp' as const },
      { bindIP: '0.0.0.0', containerPort: 64_999, hostPort: 8088, protocol: 'tcp' as const },
    ];
    const name = task?.serviceConnect?.containerName ?? '';
    const told = { name, status: 'RUNNING' as const, networkBindings };
    const { store, clock } = world.harness;
    await store.update('dispatch', (tx) =>
      tx.tasks.put(applyTaskReport(task as Task, { status: 'RUNNING', containers: [told] }, clock.now())),
    );
    await world.until('it is called', () => targets(http)?.length === 1);
    expect(targets(http)).toEqual([{ taskArn: task?.taskArn, address: '10.9.0.1', port: 49_200 }]);
    expect(targets(admin)).toEqual([{ taskArn: task?.taskArn, address: '10.9.0.1', port: 8088 }]);
  });
});

describe('what proxies count', () => {
  const told = (dimension: string, name: string, metrics: Readonly<Record<string, readonly [number[], number[]]>>) => ({
    dimensions: [{ key: dimension, value: name }],
    generalMetrics: Object.entries(metrics).map(([metricName, [metricValues, metricCounts]]) => ({
      metricName,
      metricValues,
      metricCounts,
    })),
  });

  it('is shown by name, service and cluster; what no proxy of the task can know is not', async () => {
    await create('web', offers());
    await create('client');
    await world.until('four tasks', () => [...running('web'), ...running('client')].length === 4);
    const { store, usage, clock } = world.harness;
    const say = (task: Task | undefined, ...wrapper: object[]) =>
      recordConnect(store.view, task as Task, { serviceConnectMetricsWrapper: wrapper }, usage.connect);
    const [one, two] = running('web');
    const came = told('DiscoveryName', 'http', { RequestCount: [[12], [1]], ActiveConnectionCount: [[3], [1]] });
    say(one, came, told('DiscoveryName', 'other', { RequestCount: [[1], [1]] }));
    say(one, told('DiscoveryName', 'http', { RequestCount: [[5], [1]], ActiveConnectionCount: [[1], [1]] }));
    say(two, told('DiscoveryName', 'http', { ActiveConnectionCount: [[2], [1]], TargetResponseTime: [[9], [9]] }));
    say(
      two,
      told('DiscoveryName', 'http', {
        RequestCount: [
          [-1, Number.NaN],
          [1, 1],
        ],
      }),
      { dimensions: 'x' },
    );
    const called = {
      HTTPCode_Target_2XX_Count: [[7], [1]],
      TargetResponseTime: [
        [10, 40],
        [5, 2],
      ],
    };
    say(running('client')[0], told('TargetDiscoveryName', 'http', called as never));
    const metrics = new Metrics();
    showServiceConnect(metrics, usage.connect);
    const read = parsePrometheus(metrics.text());
    const place = { ClusterName: 'default', AccountId: '111111111111', Region: 'eu-west-1' };
    const value = (name: string, labels: Record<string, string>) =>
      read.value(`roadstead_service_connect_${name}`, { ...place, ...labels });
    const web = { DiscoveryName: 'http', ServiceName: 'web' };
    const client = { TargetDiscoveryName: 'http', ServiceName: 'client' };
    expect(value('RequestCount_total', web)).toBe(17);
    expect(value('ActiveConnectionCount', web)).toBe(3);
    expect(value('HTTPCode_Target_2XX_Count_total', client)).toBe(7);
    expect(value('TargetResponseTime_sum_total', client)).toBe(130);
    expect(value('TargetResponseTime_count_total', client)).toBe(7);
    expect(metrics.text()).not.toContain('other');
    expect(metrics.text()).not.toContain('TargetDiscoveryName="http",ServiceName="web"');
    clock.advanceMs(10 * 60_000);
    expect([...usage.connect.now('ActiveConnectionCount')].map((each) => each.value)).toEqual([0]);
  });
});

describe('a release with Service Connect', () => {
  it('waits for the hosts that have a proxy of the namespace, but for none that is lost', async () => {
    await create('web', offers());
    await world.until('two tasks', () => running('web').length === 2);
    const { store, clock } = world.harness;
    const asked: ContainerInstanceArn[][] = [];
    const inStep = (hosts: Iterable<ContainerInstanceArn>) => asked.push([...hosts]) > 0;
    const traffic = meshTraffic({ store, hosts: { inStep } });
    const share = { production: 50, test: 50 };
    traffic.inPlace(world.service(), { source: share, target: share });
    const [host] = [...store.view.containerInstances.all()];
    await store.update('dispatch', (tx) => {
      const current = tx.containerInstances.get(host?.containerInstanceArn ?? '');
      tx.containerInstances.put({ ...current, agentConnected: false, lostAt: clock.now() });
    });
    traffic.inPlace(world.service(), { source: share, target: share });
    expect(asked).toEqual([[host?.containerInstanceArn], []]);
  });

  const release = (more: object) => ({ deploymentConfiguration: { bakeTimeInMinutes: 0, ...more } });
  const header = { name: 'x-test', value: { exact: 'yes' } };
  const tested = offers({ clientAliases: [{ ...alias, testTrafficRules: { header } }] });
  const weights = (arn: string) => endpointOf(arn)?.body.shares.map(({ weight }) => weight);

  it('blue/green tests by a header, waits for the hosts, then shifts at once', async () => {
    const service = await create('web', tested, release({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 }));
    const arn = arnOf(service);
    await world.until('two tasks', () => running('web').length === 2);
    world.harness.clock.advanceMs(60_000);
    await world.until('steady', steady);
    expect(weights(arn)).toEqual([100]);
    world.heard = false;
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    await world.until('test traffic', () => endpointOf(arn)?.body.test !== undefined);
    const [blue, green] = endpointOf(arn)?.body.shares ?? [];
    expect([blue?.weight, blue?.targets.length, green?.weight, green?.targets.length]).toEqual([100, 2, 0, 2]);
    expect(endpointOf(arn)?.body.test).toEqual({ share: green?.name, headerName: 'x-test', exact: 'yes' });
    world.harness.clock.advanceMs(30_000);
    await world.idle();
    expect(weights(arn)).toEqual([100, 0]);
    world.heard = true;
    await world.until('shifted', () => weights(arn)?.join() === '0,100');
    expect(running('web')).toHaveLength(4);
    world.harness.clock.advanceMs(60_000);
    await world.until('over', () => steady() && weights(arn)?.length === 1);
    expect(running('web').map(({ taskDefinitionArn }) => taskDefinitionArn.at(-1))).toEqual(['2', '2']);
  });

  it('canary gives its share first, and all of it back when it is rolled back', async () => {
    const canaryConfiguration = { canaryPercent: 12.5, canaryBakeTimeInMinutes: 5 };
    const service = await create('web', tested, release({ strategy: 'CANARY', canaryConfiguration }));
    const arn = arnOf(service);
    await world.until('steady', steady);
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    await world.until('a canary', () => weights(arn)?.join() === '875,125');
    const { serviceDeployments } = await world.ecs('ListServiceDeployments', { service: 'web' });
    const { serviceDeploymentArn } = serviceDeployments[0];
    await world.ecs('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
    await world.until('rolled back', () => steady() && weights(arn)?.join() === '100');
    expect(running('web').map(({ taskDefinitionArn }) => taskDefinitionArn.at(-1))).toEqual(['1', '1']);
  });
});

describe('TLS', () => {
  const tls = {
    issuerCertificateAuthority: {
      awsPcaAuthorityArn: 'arn:aws:acm-pca:us-east-1:111111111111:certificate-authority/a',
    },
    roleArn: 'arn:aws:iam::111111111111:role/tls',
  };

  it('comes and goes with a deployment, and there is always somebody to call', async () => {
    const deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 125 };
    const service = await create('web', offers(), { deploymentConfiguration, desiredCount: 4 });
    await world.until('steady', steady);
    for (const [settings, speaks] of [
      [offers({ tls }), true],
      [offers(), false],
    ] as const) {
      await world.ecs('UpdateService', {
        service: 'web',
        serviceConnectConfiguration: { enabled: true, ...settings },
      });
      const seen: boolean[] = [];
      await world.until('rolled', () => {
        const document = endpointOf(arnOf(service))?.body;
        expect(document?.shares[0]?.targets.length).toBeGreaterThan(0);
        seen.push(document?.tls !== undefined);
        return steady() && seen.at(-1) === speaks;
      });
      expect(seen[0]).toBe(!speaks);
    }
    await world.until('no certificate', () => world.harness.store.view.connectCertificates.size === 0);
  });

  it('has a certificate of the installation, renewed within days, for the hosts of its tasks alone', async () => {
    const service = await create('web', offers({ tls }));
    await world.until('two tasks', () => running('web').length === 2);
    const { store, clock } = world.harness;
    const certificate = () => [...store.view.connectCertificates.all()][0];
    const first = certificate();
    const document = endpointOf(arnOf(service))?.body;
    expect(document?.tls).toEqual({ serverName: 'http.internal', authority: first?.chain });
    const [proxy] = proxiesOf('web');
    expect(proxy?.ingress[0]?.certificateArn).toBe(first?.certificateArn);
    const { privateKeys } = testCertificates(clock.now());
    const told = certificateCompiler(privateKeys).compile(store.view, first?.certificateArn ?? '');
    expect(told?.scopes).toEqual([`host:${running('web')[0]?.hostArn}`]);
    expect(told?.body.privateKey).toContain('PRIVATE KEY');
    expect(first?.sealedPrivateKey).not.toContain('PRIVATE KEY');
    const shown = JSON.stringify([await described('web'), await cloudMap('ListServices', {})]);
    expect(shown).not.toMatch(/CERTIFICATE-----|sealed/);
    expect(clock.nextTimerAt()).toBeDefined();
    clock.advanceMs(5 * 24 * 3_600_000);
    await world.until('renewed', () => certificate()?.certificate !== first?.certificate);
    expect(certificate()?.certificateArn).toBe(first?.certificateArn);
    await world.ecs('DeleteService', { service: 'web', force: true });
    await world.until('gone', () => store.view.connectCertificates.size === 0);
  });
});
