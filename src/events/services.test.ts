import { describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import {
  capacityProviderArn,
  containerInstanceArn,
  type Deployment,
  type LifecycleHookState,
  type Service,
  type TaskArn,
  type TaskSet,
} from '#model';
import {
  scope,
  testDefinition,
  testDeployment,
  testService,
  testServiceDeployment,
} from '../controllers/test-support/records.ts';
import { addTaskSet, externalWorld } from '../controllers/test-support/task-sets.ts';
import { eventBridgeEvent } from './detail/envelope.ts';
import { at, openRecorded } from './test-support/recorded.ts';

describe('lifecycle hooks', () => {
  it('are told when they are reached and when they are over', async () => {
    const { store, ids, seen } = await openRecorded(10);
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

describe('service actions and deployments', () => {
  it('tasks that find no instance are told of with the reason and the nearest instances', async () => {
    const { store, ids, seen } = await openRecorded();
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
    const { store, ids, seen } = await openRecorded();
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
    const { store, ids, seen } = await openRecorded();
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
    const { store, ids, seen } = await openRecorded();
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
    const { store, ids, seen } = await openRecorded();
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
    const { store, seen } = await openRecorded();
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
