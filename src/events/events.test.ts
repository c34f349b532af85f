import { describe, expect, it } from 'vitest';
import { afterMs, Ids, instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import {
  applyTaskReport,
  type ContainerInstance,
  capacityProviderArn,
  containerInstanceArn,
  type Deployment,
  type EcsEvent,
  type LifecycleHookState,
  newTask,
  placeTask,
  requestStop,
  type Service,
  type Task,
  type TaskArn,
  type TaskSet,
} from '#model';
import { createTotals, MemoryDisk, MemoryJournal, openStore, schema } from '#store';
import { standaloneSpec } from '../../test/support/definitions.ts';
import {
  scope,
  testClusterArn,
  testDefinition,
  testDeployment,
  testInstance,
  testService,
  testServiceDeployment,
} from '../controllers/test-support/records.ts';
import { addTaskSet, externalWorld } from '../controllers/test-support/task-sets.ts';
import { eventBridgeEvent } from './detail/envelope.ts';
import { withAttributes } from './detail/instance.ts';
import { EventRecorder } from './recorder.ts';

const at = instantFromMs(Date.UTC(2026, 10, 22, 12, 0, 0, 250));

async function open(kept = 1_000) {
  const clock = new ManualClock(at);
  const ids = new Ids(new SeededRandom(1));
  const totals = createTotals();
  const disk = new MemoryDisk();
  const recorder = new EventRecorder({ kept }, { clock, ids, loads: totals.instances });
  const store = await openStore(schema, {
    journal: new MemoryJournal(disk),
    logger: silentLogger,
    projections: Object.values(totals),
    consequences: recorder.record,
  });
  const seen = (): EcsEvent[] => [...store.view.events.all()];
  const put = async (task: Task): Promise<Task> => {
    await store.update('test', (tx) => tx.tasks.put(task));
    return task;
  };
  return { store, clock, ids, seen, put, disk };
}

function someTask(ids: Ids, overrides: Partial<Task> = {}): Task {
  const spec = standaloneSpec(scope, testClusterArn, { tags: [{ key: 'secret', value: 'not told' }] });
  const host = testInstance(ids).containerInstanceArn;
  return { ...placeTask(newTask(testDefinition(1), spec, at, ids), host, 'us-east-1a'), ...overrides };
}

describe('task state changes', () => {
  it('each version is told once, in the transaction that made it', async () => {
    const { store, ids, put, seen } = await open();
    const task = await put(someTask(ids));
    const running = await put(
      applyTaskReport(task, { status: 'RUNNING', containers: [{ name: 'web', status: 'RUNNING' }] }, at),
    );
    await put({ ...running, tags: [] });
    await put(requestStop(running, { stopCode: 'UserInitiated', reason: 'Task stopped by user', at }));
    const told = seen().map((event) => 'task' in event && [event.task.version, event.task.lastStatus]);
    expect(told).toEqual([
      [1, 'PENDING'],
      [2, 'RUNNING'],
      [3, 'STOPPING'],
    ]);
    expect(store.revision).toBe(4);
  });

  it('looks as EventBridge shows it, without what is not known, health or tags', async () => {
    const { ids, put, seen } = await open();
    const task = await put(someTask(ids));
    const event = eventBridgeEvent(seen()[0]!);
    expect(event).toMatchObject({
      version: '0',
      'detail-type': 'ECS Task State Change',
      source: 'aws.ecs',
      account: '000000000000',
      time: '2026-11-22T12:00:00Z',
      region: 'us-east-1',
      resources: [task.taskArn],
      detail: {
        clusterArn: testClusterArn,
        containerInstanceArn: task.hostArn,
        createdAt: '2026-11-22T12:00:00.250Z',
        updatedAt: '2026-11-22T12:00:00.250Z',
        desiredStatus: 'RUNNING',
        lastStatus: 'PENDING',
        launchType: 'EC2',
        overrides: { containerOverrides: [{ name: 'web' }] },
        version: 1,
        containers: [{ name: 'web', lastStatus: 'PENDING', cpu: '10', memory: '16', taskArn: task.taskArn }],
      },
    });
    const text = JSON.stringify(event);
    expect(event.id).toMatch(/^[0-9a-f-]{36}$/);
    for (const absent of ['stopCode', 'startedAt', 'healthStatus', 'tags', 'exitCode', 'not told']) {
      expect(text).not.toContain(absent);
    }
  });

  it('a Fargate task shows its interface as eni, and no host', async () => {
    const { ids, put, seen } = await open();
    const attachment = {
      id: 'a',
      status: 'ATTACHED',
      subnetId: 'subnet-1',
      networkInterfaceId: 'eni-1',
      macAddress: '0a:00:00:00:00:01',
      privateDnsName: 'ip-10-0-0-5.ec2.internal',
      privateIpv4Address: '10.0.0.5',
    } as const;
    await put(
      someTask(ids, { launchType: 'FARGATE', capacityProviderName: 'FARGATE', platformVersion: '1.4.0', attachment }),
    );
    const { detail } = eventBridgeEvent(seen()[0]!);
    expect(detail).not.toHaveProperty('containerInstanceArn');
    expect(detail).toMatchObject({
      capacityProviderName: 'FARGATE',
      platformVersion: '1.4.0',
      attachments: [{ id: 'a', type: 'eni', status: 'ATTACHED' }],
      containers: [{ networkInterfaces: [{ attachmentId: 'a', privateIpv4Address: '10.0.0.5' }] }],
    });
    const names = (detail['attachments'] as { details: { name: string }[] }[])[0]!.details.map(({ name }) => name);
    expect(names).toEqual(['subnetId', 'networkInterfaceId', 'macAddress', 'privateDnsName', 'privateIPv4Address']);
  });

  it('running tasks that the service scheduler stops are told of together', async () => {
    const { store, ids, seen } = await open();
    const service = testService(ids, testDefinition(1));
    const tasks = [1, 2, 3].map(() => someTask(ids, { serviceArn: service.serviceArn, lastStatus: 'RUNNING' }));
    const reason = 'Scaling activity initiated by (deployment ecs-svc/1)';
    await store.update('test', (tx) => {
      for (const task of tasks) tx.tasks.put(task);
    });
    await store.update('test', (tx) => {
      for (const task of tasks.slice(0, 2)) {
        tx.tasks.put(requestStop(task, { stopCode: 'ServiceSchedulerInitiated', reason, at }));
      }
      tx.tasks.put(requestStop(tasks[2]!, { stopCode: 'UserInitiated', reason: 'by hand', at }));
    });
    const [event] = seen().filter(({ detailType }) => detailType === 'ECS Service Action');
    expect(eventBridgeEvent(event!)).toMatchObject({
      resources: [service.serviceArn],
      detail: {
        eventType: 'INFO',
        eventName: 'TASKS_STOPPED',
        taskArns: tasks.slice(0, 2).map(({ taskArn }) => taskArn),
      },
    });
  });
});

describe('lifecycle hooks', () => {
  it('are told when they are reached and when they are over', async () => {
    const { store, ids, seen } = await open(10);
    const service = testService(ids, testDefinition(1));
    const [deployment] = service.deployments;
    const record = testServiceDeployment(ids, service, deployment as Deployment, 'IN_PROGRESS');
    const put = async (lifecycleHooks: readonly LifecycleHookState[]): Promise<void> => {
      await store.update('test', (tx) => tx.serviceDeployments.put({ ...record, lifecycleHooks }));
    };
    const hook: LifecycleHookState = {
      hookId: 'ecs-pause-1',
      targetType: 'PAUSE',
      lifecycleStage: 'PRE_SCALE_UP',
      status: 'AWAITING_ACTION',
      expiresAt: afterMs(at, 60_000),
      timeoutAction: 'ROLLBACK',
      updatedAt: at,
    };
    const other: LifecycleHookState = { ...hook, hookId: 'ecs-pause-2' };
    await put([hook]);
    await put([{ ...hook, status: 'SUCCEEDED', updatedAt: afterMs(at, 5) }, other]);
    await put([
      { ...hook, status: 'SUCCEEDED' },
      { ...other, status: 'TIMED_OUT' },
    ]);
    const told = seen().map(eventBridgeEvent);
    expect(told.map(({ detail }) => [detail.hookId, detail.eventType, detail.eventName])).toEqual([
      ['ecs-pause-1', 'INFO', 'HOOK_AWAITING_ACTION'],
      ['ecs-pause-1', 'INFO', 'HOOK_SUCCEEDED'],
      ['ecs-pause-2', 'INFO', 'HOOK_AWAITING_ACTION'],
      ['ecs-pause-2', 'ERROR', 'HOOK_TIMED_OUT'],
    ]);
    expect(told[1]).toMatchObject({
      'detail-type': 'ECS Hook State Change',
      account: scope.accountId,
      resources: [record.serviceDeploymentArn],
      detail: {
        eventType: 'INFO',
        eventName: 'HOOK_SUCCEEDED',
        hookId: 'ecs-pause-1',
        hookType: 'PAUSE',
        expiresAt: '2026-11-22T12:01:00.250Z',
        lifecycleStage: 'PRE_SCALE_UP',
        clusterArn: service.clusterArn,
        serviceArn: service.serviceArn,
        serviceDeploymentArn: record.serviceDeploymentArn,
        updatedAt: '2026-11-22T12:00:00.255Z',
      },
    });
  });
});

describe('container instance changes', () => {
  const put = async (store: Awaited<ReturnType<typeof open>>['store'], instance: ContainerInstance) => {
    await store.update('test', (tx) => tx.containerInstances.put(instance));
    return instance;
  };

  it('a version is told with what tasks left of the host; the pool is not told of', async () => {
    const { store, ids, seen } = await open();
    const instance = testInstance(ids);
    await store.update('test', (tx) => {
      tx.tasks.put(someTask(ids, { hostArn: instance.containerInstanceArn }));
    });
    await put(store, instance);
    await put(store, { ...instance, tags: [{ key: 'a', value: 'b' }] });
    await put(store, testInstance(ids, { pool: 'fargate' }));
    const events = seen().filter(({ detailType }) => detailType === 'ECS Container Instance State Change');
    expect(events).toHaveLength(1);
    const { detail } = eventBridgeEvent(events[0]!);
    const { cpuUnits, memoryMiB } = instance.resources;
    expect(detail).toMatchObject({
      containerInstanceArn: instance.containerInstanceArn,
      registeredResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: cpuUnits },
        { name: 'MEMORY', type: 'INTEGER', integerValue: memoryMiB },
        { name: 'PORTS', type: 'STRINGSET' },
        { name: 'PORTS_UDP', type: 'STRINGSET' },
      ],
    });
    expect(detail['remainingResources']).toMatchObject([
      { name: 'CPU', integerValue: cpuUnits - 10 },
      { name: 'MEMORY', integerValue: memoryMiB - 16 },
      {},
      {},
    ]);
  });

  it('each transaction that brings or takes tasks is told once for each instance, with a version more', async () => {
    const { store, ids, seen } = await open();
    const [one, other, pool] = [testInstance(ids), testInstance(ids), testInstance(ids, { pool: 'fargate' })];
    for (const instance of [one, other, pool]) await put(store, instance);
    const taskOn = (instance: ContainerInstance, more: Partial<Task> = {}): Task =>
      someTask(ids, { hostArn: instance.containerInstanceArn, ...more });
    const tasks = [taskOn(one), taskOn(one), taskOn(other), taskOn(pool, { launchType: 'FARGATE' })];
    const puts = async (...records: readonly Task[]): Promise<void> => {
      await store.update('test', (tx) => records.forEach((record) => tx.tasks.put(record)));
    };
    await puts(...tasks);
    await puts({ ...tasks[0]!, version: 2 });
    await puts({ ...tasks[0]!, lastStatus: 'STOPPED', version: 3 });
    await puts({ ...tasks[0]!, lastStatus: 'STOPPED', version: 4 });
    const events = seen().filter(({ detailType }) => detailType === 'ECS Container Instance State Change');
    const told = events.slice(2).map((event) => {
      const { detail, resources } = eventBridgeEvent(event);
      const [cpu] = detail['remainingResources'] as readonly { readonly integerValue: number }[];
      return [resources[0], detail['version'], cpu?.integerValue];
    });
    const { cpuUnits } = one.resources;
    expect(told).toEqual([
      [one.containerInstanceArn, 2, cpuUnits - 20],
      [other.containerInstanceArn, 2, cpuUnits - 10],
      [one.containerInstanceArn, 3, cpuUnits - 10],
    ]);
    expect(store.view.containerInstances.get(one.containerInstanceArn).version).toBe(3);
    const [, , slim] = events;
    expect(eventBridgeEvent(slim!).detail['attributes']).toEqual([]);
    const whole = withAttributes(slim!, (arn) => store.view.containerInstances.find(arn));
    expect(eventBridgeEvent(whole).detail['attributes']).toEqual(one.attributes);
    expect(withAttributes(slim!, () => undefined)).toBe(slim);
  });

  it('an instance that changes together with its tasks is told once; of one deregistered nothing follows', async () => {
    const { store, ids, seen } = await open();
    const instance = await put(store, testInstance(ids));
    const task = someTask(ids, { hostArn: instance.containerInstanceArn });
    await store.update('test', (tx) => {
      tx.containerInstances.put({ ...instance, status: 'DRAINING', version: 2 });
      tx.tasks.put(task);
    });
    await store.update('test', (tx) => {
      tx.containerInstances.put({ ...instance, status: 'INACTIVE', version: 3 });
    });
    await store.update('test', (tx) => tx.tasks.put({ ...task, lastStatus: 'STOPPED', version: 2 }));
    const versions = seen().flatMap((event) => ('remaining' in event ? [event.instance.version] : []));
    expect(versions).toEqual([1, 2, 3]);
  });

  it('another health is told with the checks that changed', async () => {
    const { store, ids, seen } = await open();
    const instance = await put(store, testInstance(ids, { agentConnectedAt: at }));
    const health = { status: 'OK', lastUpdated: at, lastStatusChange: at } as const;
    const well = await put(store, { ...instance, runtimeHealth: health });
    await put(store, { ...well, runtimeHealth: { ...health, lastUpdated: afterMs(at, 1) } });
    await put(store, { ...well, runtimeHealth: { ...health, status: 'IMPAIRED' } });
    await put(store, well);
    const gone = { ...well, capacityProviderName: 'a', agentConnected: false, agentDisconnectedAt: afterMs(at, 750) };
    await put(store, gone);
    await put(store, { ...gone, agentConnected: true, agentConnectedAt: afterMs(at, 9_000) });
    const told = seen().filter(({ detailType }) => detailType === 'ECS Container Instance Health Change');
    const details = told.map((event) => eventBridgeEvent(event).detail);
    const checks = details.map(({ healthChecks }) => healthChecks as { type: string; status: string }[]);
    expect(details.map(({ overallStatus }, index) => [overallStatus, checks[index]?.map(({ type }) => type)])).toEqual([
      ['OK', ['CONTAINER_RUNTIME']],
      ['IMPAIRED', ['CONTAINER_RUNTIME']],
      ['OK', ['CONTAINER_RUNTIME']],
      ['IMPAIRED', ['AGENT_CONNECTIVITY']],
      ['OK', ['AGENT_CONNECTIVITY']],
    ]);
    expect(details[0]?.['capacityProviderName']).toBeNull();
    expect(details[3]).toEqual({
      clusterArn: testClusterArn,
      containerInstanceArn: instance.containerInstanceArn,
      capacityProviderName: 'a',
      ec2InstanceId: instance.ec2InstanceId,
      overallStatus: 'IMPAIRED',
      healthChecks: [
        {
          type: 'AGENT_CONNECTIVITY',
          status: 'IMPAIRED',
          statusReason: 'Agent disconnected since 2026-11-22T12:00:01Z',
          lastStatusChange: '2026-11-22T12:00:01.000Z',
          lastUpdated: '2026-11-22T12:00:01.000Z',
        },
      ],
    });
  });
});

describe('service actions and deployments', () => {
  it('tasks that find no instance are told of with the reason and the nearest instances', async () => {
    const { store, ids, seen } = await open();
    const { deployments, ...scope } = testService(ids, testDefinition(1));
    const [deployment] = deployments;
    const arns = [containerInstanceArn(scope, 'default', 'a'.repeat(32))];
    const trouble = { kind: 'placement', message: 'no room', reason: 'RESOURCE:CPU', saidAt: at } as const;
    const troubles = [{ ...trouble, containerInstanceArns: arns }];
    const service = testService(ids, testDefinition(1), { deployments: [{ ...deployment!, troubles }] });
    await store.update('test', (tx) => tx.services.put(service));
    const [event] = seen().filter(({ detailType }) => detailType === 'ECS Service Action');
    expect(eventBridgeEvent(event!).detail).toMatchObject({
      eventType: 'ERROR',
      eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
      reason: 'RESOURCE:CPU',
      containerInstanceArns: arns,
    });
  });

  it('providers without room, and those of a service that becomes steady, are named', async () => {
    const { store, ids, seen } = await open();
    const items = ['FARGATE', 'FARGATE_SPOT'].map((capacityProvider) => ({ capacityProvider, weight: 1, base: 0 }));
    const arns = items.map((item) => capacityProviderArn(scope, item.capacityProvider));
    const deployment = testDeployment(ids, testDefinition(1), { capacityProviderStrategy: items });
    const trouble = { kind: 'placement', message: 'no room', reason: 'RESOURCE:FARGATE', saidAt: at } as const;
    const troubles = [{ ...trouble, capacityProviderArns: arns.slice(1) }];
    const service = testService(ids, testDefinition(1), { deployments: [{ ...deployment, troubles }] });
    await store.update('test', (tx) => tx.services.put(service));
    await store.update('test', (tx) => tx.services.put({ ...service, steadySince: at }));
    const told = seen().map(eventBridgeEvent);
    expect(
      told.map(({ detail }) => [detail['eventType'], detail['eventName'], detail['capacityProviderArns']]),
    ).toEqual([
      ['INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS', undefined],
      ['ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', arns.slice(1)],
      ['INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS', undefined],
      ['INFO', 'SERVICE_STEADY_STATE', undefined],
      ['INFO', 'CAPACITY_PROVIDER_STEADY_STATE', arns],
    ]);
    expect(told[1]?.detail['reason']).toBe('RESOURCE:FARGATE');
  });

  it('instances that a daemon left because they fit no more are named', async () => {
    const { store, ids, seen } = await open();
    const deployment = testDeployment(ids, testDefinition(1));
    const containerInstanceArns = [containerInstanceArn(scope, 'default', 'a'.repeat(32))];
    const troubles = [
      { kind: 'violated', message: 'm', reason: 'ATTRIBUTE', saidAt: at, containerInstanceArns } as const,
    ];
    await store.update('test', (tx) =>
      tx.services.put(testService(ids, testDefinition(1), { deployments: [{ ...deployment, troubles }] })),
    );
    const [event] = seen().filter(({ detailType }) => detailType === 'ECS Service Action');
    expect(eventBridgeEvent(event!).detail).toMatchObject({
      eventType: 'ERROR',
      eventName: 'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED',
      reason: 'ATTRIBUTE',
      containerInstanceArns,
    });
  });

  it('a deployment begins, completes or fails; the service becomes steady; troubles are told once', async () => {
    const { store, ids, seen } = await open();
    const first = testDeployment(ids, testDefinition(1), { rolloutState: 'IN_PROGRESS', rolloutStateReason: 'begins' });
    let service: Service = testService(ids, testDefinition(1), { deployments: [first] });
    const change = async (deployments: Deployment[], more: Partial<Service> = {}) => {
      service = { ...service, ...more, deployments };
      await store.update('test', (tx) => tx.services.put(service));
    };
    await change([first]);
    const trouble = { kind: 'held', message: 'protected', saidAt: at } as const;
    await change([{ ...first, troubles: [trouble] }]);
    await change([{ ...first, failedTasks: 1, troubles: [trouble] }]);
    await change([{ ...first, rolloutState: 'COMPLETED', rolloutStateReason: 'done' }], { steadySince: at });
    const reason = 'ECS deployment circuit breaker: tasks failed to start.';
    await change([{ ...first, rolloutState: 'FAILED', rolloutStateReason: reason }]);
    const told = seen().map((event) => {
      const { eventName, eventType, reason: why } = eventBridgeEvent(event).detail;
      const kind = event.detailType === 'ECS Service Action' ? 'action' : 'state';
      return [kind, eventName, eventType, ...(why === undefined ? [] : [why])];
    });
    const failed = 'ECS deployment circuit breaker: task failed to start.';
    expect(told).toEqual([
      ['state', 'SERVICE_DEPLOYMENT_IN_PROGRESS', 'INFO', 'begins'],
      ['action', 'SERVICE_DEPLOYMENT_IN_PROGRESS', 'INFO', 'begins'],
      ['action', 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION', 'INFO'],
      ['state', 'SERVICE_DEPLOYMENT_COMPLETED', 'INFO', 'done'],
      ['action', 'SERVICE_STEADY_STATE', 'INFO'],
      ['action', 'SERVICE_DEPLOYMENT_COMPLETED', 'INFO', 'done'],
      ['state', 'SERVICE_DEPLOYMENT_FAILED', 'ERROR', failed],
      ['action', 'SERVICE_DEPLOYMENT_FAILED', 'ERROR', failed],
    ]);
  });
});

describe('Availability Zone rebalancing', () => {
  async function rebalanced() {
    const { store, ids, seen } = await open();
    const plain: Service = testService(ids, testDefinition(1));
    const names = async (rebalancing: Service['rebalancing'], more: Partial<Service> = {}) => {
      const before = seen().length;
      await store.update('test', (tx) => {
        tx.services.put({ ...plain, ...more, ...(rebalancing === undefined ? {} : { rebalancing }) });
      });
      return seen()
        .slice(before)
        .filter(({ detailType }) => detailType === 'ECS Service Action')
        .map((event) => eventBridgeEvent(event).detail);
    };
    await names(undefined);
    return { names };
  }
  const task = 'arn:aws:ecs:us-east-1:000000000000:task/test/1' as TaskArn;
  const other = 'arn:aws:ecs:us-east-1:000000000000:task/test/2' as TaskArn;

  it('begins, starts tasks and completes', async () => {
    const { names } = await rebalanced();
    expect(await names({ state: 'IN_PROGRESS', started: [task] })).toMatchObject([
      { eventType: 'INFO', eventName: 'SERVICE_REBALANCING_STARTED' },
      { eventType: 'INFO', eventName: 'TASKS_STARTED', taskArns: [task] },
    ]);
    expect(await names({ state: 'IN_PROGRESS', started: [] })).toEqual([]);
    expect(await names({ state: 'IN_PROGRESS', started: [other] })).toMatchObject([
      { eventName: 'TASKS_STARTED', taskArns: [other] },
    ]);
    expect(await names(undefined)).toMatchObject([{ eventType: 'INFO', eventName: 'SERVICE_REBALANCING_COMPLETED' }]);
  });

  it('says why it stops, and begins anew', async () => {
    const { names } = await rebalanced();
    const zone = { kind: 'zone', message: 'no room', reason: 'RESOURCE:CPU', saidAt: at } as const;
    const held = { kind: 'unbalanced', message: 'protected', saidAt: at } as const;
    expect(await names({ state: 'STOPPED', started: [], troubles: [zone] })).toMatchObject([
      { eventName: 'SERVICE_REBALANCING_STARTED' },
      { eventType: 'ERROR', eventName: 'SERVICE_TASK_PLACEMENT_FAILURE', reason: 'RESOURCE:CPU' },
      { eventType: 'INFO', eventName: 'SERVICE_REBALANCING_STOPPED' },
    ]);
    expect(await names({ state: 'STOPPED', started: [], troubles: [held] })).toMatchObject([
      { eventType: 'INFO', eventName: 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION' },
    ]);
    expect(await names({ state: 'IN_PROGRESS', started: [task] })).toMatchObject([
      { eventName: 'SERVICE_REBALANCING_STARTED' },
      { eventName: 'TASKS_STARTED' },
    ]);
    expect(await names({ state: 'STOPPED', started: [] })).toMatchObject([
      { eventName: 'SERVICE_REBALANCING_STOPPED' },
    ]);
    expect(await names(undefined)).toEqual([]);
  });

  it('ends untold with its service', async () => {
    const { names } = await rebalanced();
    await names({ state: 'IN_PROGRESS', started: [task] });
    expect(await names(undefined, { status: 'INACTIVE', deployments: [] })).toEqual([]);
  });
});

describe('task sets', () => {
  it('become steady, once each time; their troubles are those of a service', async () => {
    const { store, seen } = await open();
    const world = externalWorld();
    let taskSet = addTaskSet(world, 100);
    const change = async (fields: Partial<TaskSet>) => {
      taskSet = { ...taskSet, ...fields };
      await store.update('test', (tx) => tx.taskSets.put(taskSet));
    };
    await change({});
    const troubles = [{ kind: 'impaired', message: 'cannot start', saidAt: at }] as const;
    await change({ troubles });
    await change({ computedDesiredCount: 2 });
    await change({ stabilityStatus: 'STEADY_STATE' });
    await change({ computedDesiredCount: 3 });
    await change({ stabilityStatus: 'STABILIZING' });
    await change({ stabilityStatus: 'STEADY_STATE', status: 'DRAINING' });
    const told = seen().map(eventBridgeEvent);
    expect(told.map(({ detail, resources }) => [detail['eventName'], detail['eventType'], resources])).toEqual([
      ['SERVICE_TASK_START_IMPAIRED', 'WARN', [taskSet.serviceArn]],
      ['SERVICE_DESIRED_COUNT_UPDATED', 'INFO', [taskSet.serviceArn]],
      ['TASKSET_STEADY_STATE', 'INFO', [taskSet.serviceArn]],
      ['SERVICE_DESIRED_COUNT_UPDATED', 'INFO', [taskSet.serviceArn]],
    ]);
    expect(told.slice(1).map(({ detail }) => [detail['desiredCount'], detail['taskSetArns']])).toEqual([
      [2, [taskSet.taskSetArn]],
      [undefined, [taskSet.taskSetArn]],
      [3, [taskSet.taskSetArn]],
    ]);
  });
});

describe('what is kept', () => {
  it('the newest; older ones are dropped, some at a time', async () => {
    const { put, ids, seen } = await open(10);
    const arns: string[] = [];
    for (let i = 0; i < 300; i++) arns.push((await put(someTask(ids))).taskArn);
    const told = seen().map((event) => eventBridgeEvent(event).resources[0]!);
    expect(told.length).toBeGreaterThanOrEqual(10);
    expect(told.length).toBeLessThan(150);
    expect(told).toEqual(arns.slice(-told.length));
  });

  it('none when none is to be', async () => {
    const { put, ids, seen } = await open(0);
    await put(someTask(ids));
    expect(seen()).toEqual([]);
  });

  it('what the disk refuses is not told', async () => {
    const { put, ids, seen, disk } = await open();
    await put(someTask(ids));
    disk.failNextAppend('full');
    await expect(put(someTask(ids))).rejects.toThrow();
    expect(seen()).toHaveLength(1);
  });

  it('a transaction that throws tells nothing', async () => {
    const { store, ids, seen } = await open();
    const work = store.update('test', (tx) => {
      tx.tasks.put(someTask(ids));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(seen()).toEqual([]);
  });
});
