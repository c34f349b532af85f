import { describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import { type ContainerInstance, type Task } from '#model';
import { testClusterArn, testInstance } from '../controllers/test-support/records.ts';
import { eventBridgeEvent } from './detail/envelope.ts';
import { withAttributes } from './detail/instance.ts';
import { at, openRecorded, someTask } from './test-support/recorded.ts';

describe('container instance changes', () => {
  const put = async (store: Awaited<ReturnType<typeof openRecorded>>['store'], instance: ContainerInstance) => {
    await store.update('test', (tx) => tx.containerInstances.put(instance));
    return instance;
  };

  it('a version is told with what tasks left of the host; the pool is not told of', async () => {
    const { store, ids, seen } = await openRecorded();
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
    const { store, ids, seen } = await openRecorded();
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
    const { store, ids, seen } = await openRecorded();
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
    const { store, ids, seen } = await openRecorded();
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
