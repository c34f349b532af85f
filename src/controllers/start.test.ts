import { describe, expect, it } from 'vitest';
import { afterMs, Ids, type LogFields, type Logger, SeededRandom } from '#base';
import {
  applyTaskReport,
  type ContainerInstance,
  isPending,
  newTask,
  placeTask,
  type Task,
  type TaskArn,
} from '#model';
import { standaloneSpec } from '../../test/support/definitions.ts';
import {
  scope,
  testCluster,
  testClusterArn,
  testDefinition,
  testDeployment,
  testInstance,
  testService,
  testSubnet,
} from './test-support/records.ts';
import { openStoreWorld, type StoreWorld } from './test-support/store-world.ts';

const ids = new Ids(new SeededRandom(7));

async function withService(
  world: StoreWorld,
  options: { readonly desiredCount?: number; readonly hosts?: number; readonly fargate?: boolean } = {},
) {
  const fargate = options.fargate ?? false;
  const definition = testDefinition(
    1,
    fargate ? { networkMode: 'awsvpc', overrides: { cpu: '256', memory: '512' } } : {},
  );
  const networkConfiguration = {
    subnets: ['subnet-a', 'subnet-b'],
    securityGroups: [],
    assignPublicIp: 'DISABLED' as const,
  };
  const extra = fargate ? { launchType: 'FARGATE' as const, networkConfiguration } : {};
  const service = testService(ids, definition, {
    desiredCount: options.desiredCount ?? 2,
    ...extra,
    deployments: [testDeployment(ids, definition, extra)],
  });
  const hosts = Array.from({ length: options.hosts ?? 2 }, (_, i) =>
    testInstance(ids, { zone: `us-east-1${'ab'[i % 2]}`, ...(fargate ? { pool: 'fargate' as const } : {}) }),
  );
  await world.write((tx) => {
    tx.clusters.put(testCluster());
    tx.taskDefinitions.put(definition);
    tx.subnets.put(testSubnet('a', '172.31.0.0/28'));
    tx.subnets.put(testSubnet('b', '172.31.16.0/28'));
    tx.securityGroups.put({ ...scope, groupId: 'sg-1', groupName: 'default', vpcId: 'vpc-1' });
    for (const host of hosts) tx.containerInstances.put(host);
    tx.services.put(service);
  });
  return { service, definition, hosts };
}

/** The agents do what they were told. */
async function agents(world: StoreWorld, filter: (task: Task) => boolean = () => true): Promise<void> {
  await world.write((tx) => {
    for (const task of [...tx.tasks.all()].filter(filter)) {
      const status =
        task.desiredStatus === 'STOPPED' ? 'STOPPED' : task.lastStatus === 'PENDING' ? 'RUNNING' : undefined;
      if (status === undefined || task.lastStatus === 'STOPPED') continue;
      tx.tasks.put(applyTaskReport(task, { status, containers: [{ name: 'web', status }] }, world.now()));
    }
  });
}

const tasksOf = (world: StoreWorld): Task[] => [...world.store.view.tasks.all()];
const running = (world: StoreWorld): Task[] =>
  tasksOf(world).filter(({ lastStatus, desiredStatus }) => lastStatus === 'RUNNING' && desiredStatus === 'RUNNING');
const messages = (world: StoreWorld): string[] =>
  [...world.store.view.serviceEvents.all()].map(({ message }) => message);

/** A service of one task, which could not start. */
async function failFirstTask(world: StoreWorld): Promise<void> {
  await withService(world, { desiredCount: 1 });
  await world.until('a task', () => tasksOf(world).length === 1);
  const report = { status: 'STOPPED' as const, reason: 'CannotPullContainerError: no', containers: [] };
  await world.write((tx) => tx.tasks.put(applyTaskReport(tasksOf(world)[0]!, report, world.now())));
  await world.until('counted', () => tasksOf(world)[0]?.countedAt !== undefined);
}

describe('startControllers', () => {
  it('brings a service up, keeps it up and takes it down', async () => {
    await using world = await openStoreWorld();
    const { service } = await withService(world);
    await world.until('two tasks placed', () => tasksOf(world).filter(isPending).length === 2);
    expect(new Set(tasksOf(world).map(({ hostArn }) => hostArn)).size).toBe(2);
    await agents(world);
    await world.until('steady', () => messages(world).at(-1) === '(service web) has reached a steady state.');
    const [first] = running(world);
    world.clock.advanceMs(10_000);
    await world.write((tx) =>
      tx.tasks.put(
        applyTaskReport(first!, { status: 'STOPPED', containers: [{ name: 'web', exitCode: 1 }] }, world.now()),
      ),
    );
    await world.until('a replacement', () => tasksOf(world).some(isPending));
    await agents(world);
    await world.until('two run', () => running(world).length === 2);
    await world.write((tx) =>
      tx.services.put({ ...tx.services.get(service.serviceArn), status: 'DRAINING', desiredCount: 0 }),
    );
    await world.until('none run', () => running(world).length === 0);
    await agents(world);
    await world.until('INACTIVE', () => world.service(service.serviceArn).status === 'INACTIVE');
    const failed = [...world.run.counts()].filter(([, { faults, failures }]) => faults + failures > 0);
    expect(failed).toEqual([]);
  });

  it('keeps the newest hundred events of a service', async () => {
    await using world = await openStoreWorld();
    const { service } = await withService(world);
    await world.write((tx) => {
      for (let i = 0; i < 120; i++) {
        const id = ids.uuid();
        tx.serviceEvents.put({
          ...scope,
          id,
          serviceArn: service.serviceArn,
          createdAt: world.now(),
          message: `old ${i}`,
        });
      }
    });
    await world.until('the next event', () => messages(world).some((message) => message.includes('started')));
    await world.write((tx) => tx.services.put({ ...tx.services.get(service.serviceArn), desiredCount: 1 }));
    await world.until('trimmed', () => world.store.view.serviceEvents.size <= 100);
    expect(messages(world)).toContain('old 119');
    expect(messages(world)).not.toContain('old 0');
  });

  it('looks again as soon as a host comes that a starved service may use', async () => {
    await using world = await openStoreWorld();
    await withService(world, { hosts: 0 });
    await world.until('the event', () => messages(world).length === 1);
    await world.idle();
    await world.write((tx) => tx.containerInstances.put(testInstance(ids)));
    await world.until('placed', () => tasksOf(world).length === 2);
  });

  it('looks again as soon as a task leaves a host that a starved service may use', async () => {
    await using world = await openStoreWorld();
    const { service, hosts } = await withService(world, { desiredCount: 0, hosts: 1 });
    await world.idle();
    const large = testDefinition(9, { cpu: 4000 });
    const [host] = hosts;
    const hog = placeTask(
      newTask(large, standaloneSpec(scope, testClusterArn), world.now(), ids),
      host!.containerInstanceArn,
      undefined,
    );
    await world.write((tx) => {
      tx.tasks.put(hog);
      tx.taskDefinitions.put(large);
      const deployments = [testDeployment(ids, large)];
      tx.services.put({ ...service, taskDefinitionArn: large.taskDefinitionArn, desiredCount: 1, deployments });
    });
    await world.until('no room', () => messages(world).some((message) => message.includes('unable to place')));
    await world.idle();
    await world.write((tx) => tx.tasks.put({ ...hog, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }));
    await world.until('placed', () => [...world.store.view.tasks.by('service', service.serviceArn)].length === 1);
  });

  it('starts what back-off held up when its time comes', async () => {
    await using world = await openStoreWorld();
    await failFirstTask(world);
    await world.until('waiting', () => world.clock.nextTimerAt() !== undefined);
    expect(tasksOf(world).length).toBe(1);
    world.clock.advanceMs(1_100);
    await world.until('the next try', () => tasksOf(world).length === 2);
  });

  it('goes on after the disk refused, with nothing lost or doubled', async () => {
    await using world = await openStoreWorld();
    await failFirstTask(world);
    await world.idle();
    world.disk.failNextAppend('full');
    world.clock.advanceMs(1_100);
    await world.until('refused', () => (world.run.counts().get('service')?.faults ?? 0) > 0);
    expect(tasksOf(world).length).toBe(1);
    world.clock.advanceMs(1_000);
    await world.until('placed', () => tasksOf(world).length === 2);
    expect(world.run.counts().get('service')?.failures).toBe(0);
  });

  it('keeps a key whose decision is broken, and does the others', async () => {
    const errors: string[] = [];
    await using world = await openStoreWorld({ logger: collecting(errors) });
    const { service } = await withService(world);
    const broken = {
      ...service,
      serviceArn: `${service.serviceArn}-broken` as typeof service.serviceArn,
      deployments: [],
    };
    await world.write((tx) => tx.services.put(broken));
    await world.until('a failure', () => (world.run.counts().get('service')?.failures ?? 0) > 0);
    await world.until('the other', () => tasksOf(world).length === 2);
    expect(errors).toContain('assertion failed');
    await world.write((tx) => tx.services.put({ ...broken, desiredCount: 0, status: 'DRAINING' }));
    await world.until('mended', () => world.service(broken.serviceArn).status === 'INACTIVE');
  });

  it('stops when told, and waits for what is under way', async () => {
    const world = await openStoreWorld();
    const { service } = await withService(world);
    await world.run[Symbol.asyncDispose]();
    const before = tasksOf(world).length;
    await world.write((tx) => tx.services.put({ ...tx.services.get(service.serviceArn), desiredCount: 9 }));
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(tasksOf(world).length).toBe(before);
    expect(world.clock.nextTimerAt()).toBeUndefined();
    await world.store.close();
  });
});

describe('task interfaces', () => {
  it('are given before the agent is told and taken back at the end', async () => {
    await using world = await openStoreWorld();
    const { service } = await withService(world, { fargate: true });
    await world.until(
      'attached',
      () => tasksOf(world).filter(({ lastStatus }) => lastStatus === 'PENDING').length === 2,
    );
    const [a, b] = tasksOf(world);
    expect(new Set([a?.attachment?.privateIpv4Address, b?.attachment?.privateIpv4Address])).toEqual(
      new Set(['172.31.0.4', '172.31.16.4']),
    );
    expect(a?.connectivity).toBe('CONNECTED');
    const eni = [...world.store.view.networkInterfaces.by('task', a!.taskArn)][0];
    expect(eni).toMatchObject({ securityGroups: ['sg-1'], attachmentId: a?.attachment?.id });
    await agents(world);
    await world.write((tx) => tx.services.put({ ...tx.services.get(service.serviceArn), desiredCount: 0 }));
    await world.until('stopping', () => running(world).length === 0);
    await agents(world);
    await world.until('released', () => world.store.view.networkInterfaces.size === 0);
    await world.until('stopped', () => tasksOf(world).every(({ lastStatus }) => lastStatus === 'STOPPED'));
  });

  it('stop the task when the subnets are full', async () => {
    await using world = await openStoreWorld();
    await withService(world, { fargate: true, desiredCount: 25 });
    // Two /28 subnets hold eleven interfaces each.
    await world.until('full', () => world.store.view.networkInterfaces.size === 22);
    await world.until('failed', () => tasksOf(world).filter(({ lastStatus }) => lastStatus === 'STOPPED').length >= 3);
    const failed = tasksOf(world).find(({ lastStatus }) => lastStatus === 'STOPPED');
    expect(failed).toMatchObject({ stopCode: 'TaskFailedToStart' });
    expect(failed?.stoppedReason).toMatch(
      /^Unexpected EC2 error while attempting to Create Network Interface .* in subnet 'subnet-[ab]': InsufficientFreeAddressesInSubnet$/,
    );
  });
});

describe('hosts whose agent is away', () => {
  it('lose their tasks after the time set, and get back what is not in surplus', async () => {
    await using world = await openStoreWorld({ settings: { lostAfterMs: 60_000 } });
    const { hosts } = await withService(world);
    await world.until('placed', () => tasksOf(world).length === 2);
    await agents(world);
    await world.until('steady', () => messages(world).at(-1)?.includes('steady') === true);
    const host = hosts[0]!.containerInstanceArn;
    const change = (connected: boolean): Promise<void> =>
      world.write((tx) => {
        const { agentDisconnectedAt: _, ...instance }: ContainerInstance = tx.containerInstances.get(host);
        const away = connected ? {} : { agentDisconnectedAt: world.now() };
        tx.containerInstances.put({ ...instance, agentConnected: connected, ...away });
      });
    await change(false);
    await world.until('the timer', () => world.clock.nextTimerAt() !== undefined);
    world.clock.advanceMs(59_999);
    expect(world.store.view.containerInstances.get(host).lostAt).toBeUndefined();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    world.clock.advanceMs(2);
    await world.until('lost', () => world.store.view.containerInstances.get(host).lostAt !== undefined);
    await world.until('replaced', () => tasksOf(world).length === 3);
    await agents(world, ({ hostArn }) => hostArn !== host);
    await change(true);
    await world.until('back', () => world.store.view.containerInstances.get(host).lostAt === undefined);
    await world.until('two run', () => running(world).length === 2);
  });

  it('say DISCONNECTED of the interfaces there', async () => {
    await using world = await openStoreWorld();
    const { hosts } = await withService(world, { fargate: true, hosts: 1, desiredCount: 1 });
    await world.until('attached', () => tasksOf(world)[0]?.connectivity === 'CONNECTED');
    const arn: TaskArn = tasksOf(world)[0]!.taskArn;
    const host = hosts[0]!.containerInstanceArn;
    await world.write((tx) =>
      tx.containerInstances.put({
        ...tx.containerInstances.get(host),
        agentConnected: false,
        agentDisconnectedAt: afterMs(world.now(), 0),
      }),
    );
    await world.until('DISCONNECTED', () => world.task(arn).connectivity === 'DISCONNECTED');
    await world.write((tx) => tx.containerInstances.put({ ...tx.containerInstances.get(host), agentConnected: true }));
    await world.until('CONNECTED', () => world.task(arn).connectivity === 'CONNECTED');
  });
});

function collecting(errors: string[]): Logger {
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (message: string, _fields?: LogFields) => void errors.push(message),
    child: () => logger,
  };
  return logger;
}
