import { describe, expect, it } from 'vitest';
import { Ids, SeededRandom } from '#base';
import {
  applyContainerHealth,
  applyTaskReport,
  type ContainerReport,
  type DiscoveryInstance,
  type DiscoveryService,
  discoveryServiceArn,
  newTask,
  requestStop,
  type Service,
  type ServiceRegistry,
  shortId,
  type Task,
  type TaskDefinition,
} from '#model';
import { standaloneSpec } from '../../../test/support/definitions.ts';
import {
  scope,
  start,
  testCluster,
  testClusterArn,
  testDefinition,
  testDeployment,
  testInstance,
  testService,
} from '../test-support/records.ts';
import { openStoreWorld, type StoreWorld } from '../test-support/store-world.ts';
import { decideRegistration, type RegistryView } from './decide.ts';

const registryArn = discoveryServiceArn(scope, 'srv-1');
const discovery: DiscoveryService = {
  ...scope,
  serviceId: 'srv-1',
  namespaceId: 'ns-1',
  name: 'web',
  type: 'DNS_HTTP',
  dnsConfig: { routingPolicy: 'MULTIVALUE', dnsRecords: [{ type: 'A', ttl: 10 }] },
  attributes: {},
  instancesRevision: 7,
  tags: [],
  createdAt: start,
};

/** A service with a registry, and a host for its tasks. */
class World {
  readonly world: StoreWorld;
  readonly definition: TaskDefinition;
  readonly ids = new Ids(new SeededRandom(5));

  constructor(world: StoreWorld, definition: TaskDefinition) {
    this.world = world;
    this.definition = definition;
  }

  async deploy(
    registry: ServiceRegistry,
    service: Partial<Service> = {},
    cloudMap: DiscoveryService | undefined = discovery,
  ): Promise<void> {
    const deployment = testDeployment(this.ids, this.definition, { serviceRegistries: [registry] });
    await this.world.write((tx) => {
      tx.clusters.put(testCluster());
      tx.taskDefinitions.put(this.definition);
      tx.containerInstances.put(testInstance(this.ids, { ec2InstanceId: 'i-1' }));
      if (cloudMap !== undefined) tx.discoveryServices.put(cloudMap);
      tx.services.put(testService(this.ids, this.definition, { deployments: [deployment], ...service }));
    });
    await this.world.until('tasks', () => this.tasks.length === (service.desiredCount ?? 1));
    await this.world.idle();
  }

  get tasks(): readonly Task[] {
    return [...this.world.store.view.tasks.all()];
  }

  get instances(): readonly DiscoveryInstance[] {
    return [...this.world.store.view.discoveryInstances.all()];
  }

  get revision(): number {
    return this.world.store.view.discoveryServices.get('srv-1').instancesRevision;
  }

  async report(container: Partial<ContainerReport> = {}): Promise<void> {
    await this.change((task) =>
      applyTaskReport(task, { status: 'RUNNING', containers: [{ name: 'web', ...container }] }, start),
    );
  }

  async change(move: (task: Task) => Task): Promise<void> {
    await this.world.write((tx) => {
      for (const task of this.tasks) tx.tasks.put(move(task));
    });
    await this.world.idle();
  }
}

async function opened(definition = testDefinition(1)): Promise<World & AsyncDisposable> {
  const world = await openStoreWorld();
  return Object.assign(new World(world, definition), { [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() });
}

function hostPorts(port: number): Partial<ContainerReport> {
  return { networkBindings: [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: port, protocol: 'tcp' }] };
}

const byContainer = { registryArn, containerName: 'web', containerPort: 80 };

describe('tasks of a service with a registry', () => {
  it('are registered when they run, by the port of their host, and gone as soon as they are to stop', async () => {
    await using world = await opened();
    await world.deploy(byContainer, { desiredCount: 2 });
    expect(world.instances).toEqual([]);
    await world.report(hostPorts(32_768));
    const [task] = world.tasks;
    expect(world.instances).toHaveLength(2);
    expect(world.instances[0]).toEqual({
      ...scope,
      serviceId: 'srv-1',
      instanceId: shortId(task?.taskArn ?? ''),
      attributes: {
        AWS_INSTANCE_IPV4: '169.254.169.253',
        AWS_INSTANCE_PORT: '32768',
        AVAILABILITY_ZONE: 'us-east-1a',
        REGION: 'us-east-1',
        ECS_SERVICE_NAME: 'web',
        ECS_CLUSTER_NAME: 'test',
        ECS_TASK_DEFINITION_FAMILY: 'web',
        EC2_INSTANCE_ID: 'i-1',
      },
      taskArn: task?.taskArn,
      createdAt: start,
    });
    expect(world.revision).toBe(9);
    await world.change((each) =>
      each === task ? requestStop(each, { stopCode: 'UserInitiated', reason: '', at: start }) : each,
    );
    expect(world.instances.map(({ taskArn }) => taskArn)).toEqual([world.tasks[1]?.taskArn]);
    expect(world.tasks[0]?.lastStatus).toBe('STOPPING');
    expect(world.revision).toBe(10);
  });

  it('follow the health of their containers where the registry has custom health', async () => {
    await using world = await opened(testDefinition(1, { healthCheck: true }));
    await world.deploy(byContainer, {}, { ...discovery, customHealth: true });
    await world.report(hostPorts(1));
    expect(world.instances.map(({ health }) => health)).toEqual(['UNHEALTHY']);
    const { revision } = world;
    await world.change((task) => applyContainerHealth(task, new Map([['web', 'HEALTHY']])));
    expect(world.instances.map(({ health }) => health)).toEqual(['HEALTHY']);
    expect(world.revision).toBe(revision);
  });

  it('are well without checks', async () => {
    await using world = await opened();
    await world.deploy(byContainer, {}, { ...discovery, customHealth: true });
    await world.report(hostPorts(1));
    expect(world.instances.map(({ health }) => health)).toEqual(['HEALTHY']);
  });

  it('are told of when they cannot be registered, once, and tried again', async () => {
    await using world = await opened();
    await world.deploy({ registryArn, port: 80 }, {}, { ...discovery, serviceId: 'srv-2' });
    await world.report();
    const events = (): string[] =>
      [...world.world.store.view.serviceEvents.all()]
        .map(({ message }) => message)
        .filter((each) => /unable/.test(each));
    const [task] = world.tasks;
    const told = `(service web) was unable to register (instance ${shortId(task?.taskArn ?? '')}) in (service-registry ${registryArn}) due to (reason The Cloud Map service does not exist.)`;
    expect(events()).toEqual([told]);
    world.world.clock.advanceMs(15_000);
    await world.world.idle();
    expect(events()).toEqual([told]);
    await world.world.write((tx) => tx.discoveryServices.put(discovery));
    world.world.clock.advanceMs(15_000);
    await world.world.until('registered', () => world.instances.length === 1);
  });

  it('leave nothing behind when they are forgotten', async () => {
    await using world = await opened();
    await world.deploy({ registryArn, port: 80 });
    await world.report();
    expect(world.instances).toHaveLength(1);
    await world.world.write((tx) => {
      for (const { taskArn } of world.tasks) tx.tasks.delete(taskArn);
    });
    await world.world.until('deregistered', () => world.instances.length === 0);
  });
});

describe('decideRegistration', () => {
  const ids = new Ids(new SeededRandom(6));
  const definition = testDefinition(1, { networkMode: 'awsvpc' });
  const eni = { id: 'a', status: 'ATTACHED' as const, privateIpv4Address: '10.0.0.9' };
  const running: Task = {
    ...newTask(definition, standaloneSpec(scope, testClusterArn, { launchType: 'FARGATE' }), start, ids),
    attachment: eni,
    lastStatus: 'RUNNING',
    availabilityZone: 'us-east-1b',
  };
  const view: RegistryView = {
    task: running,
    registry: byContainer,
    externalId: 'blue',
    service: discovery,
    instances: 0,
    family: 'web',
    networkMode: 'awsvpc',
    host: testInstance(ids),
    registered: [],
  };

  it('takes the address of an interface, the port of the container, and no instance of the pool', () => {
    expect(decideRegistration(view, start).put?.attributes).toEqual({
      AWS_INSTANCE_IPV4: '10.0.0.9',
      AWS_INSTANCE_PORT: '80',
      AVAILABILITY_ZONE: 'us-east-1b',
      REGION: 'us-east-1',
      ECS_CLUSTER_NAME: 'test',
      ECS_TASK_DEFINITION_FAMILY: 'web',
      ECS_TASK_SET_EXTERNAL_ID: 'blue',
    });
    const plain = decideRegistration({ ...view, registry: { registryArn } }, start);
    expect(plain.put?.attributes).not.toHaveProperty('AWS_INSTANCE_PORT');
  });

  it('takes the address at which others reach the host, where it has one', () => {
    const attributes = [{ name: 'roadstead.underlay-address', value: '192.168.0.5' }];
    const bridge: RegistryView = { ...view, networkMode: 'host', host: testInstance(ids, { attributes }) };
    expect(decideRegistration(bridge, start).put?.attributes).toMatchObject({
      AWS_INSTANCE_IPV4: '192.168.0.5',
      AWS_INSTANCE_PORT: '80',
    });
  });

  it('is at rest after it was applied', () => {
    const { put } = decideRegistration(view, start);
    expect(decideRegistration({ ...view, registered: [put!], instances: 1 }, start)).toEqual({ remove: [] });
  });

  it('moves to another registry, and refuses more than a registry may have', () => {
    const { put } = decideRegistration(view, start);
    const service = { ...discovery, serviceId: 'srv-2' };
    const moved = decideRegistration({ ...view, service, registered: [put!] }, start);
    expect([moved.put?.serviceId, moved.remove]).toEqual(['srv-2', [put]]);
    expect(decideRegistration({ ...view, instances: 1_000 }, start)).toMatchObject({
      problem: expect.stringContaining('1000 instances'),
    });
    const kept = decideRegistration({ ...view, instances: 1_000, registered: [put!] }, start);
    expect(kept.problem).toBeUndefined();
  });
});
