import { describe, expect, it } from 'vitest';
import { afterMs, Ids, type Instant, SeededRandom } from '#base';
import { type ContainerInstance, newTask, requestStop, type Task, type TaskDefinition } from '#model';
import { standaloneSpec } from '../../../test/support/definitions.ts';
import { scope, start, testCluster, testClusterArn, testDefinition, testInstance } from '../test-support/records.ts';
import { openStoreWorld, type StoreWorld } from '../test-support/store-world.ts';

const ids = new Ids(new SeededRandom(7));
const minuteMs = 60_000;

/** A task of the provider `a` that waits. */
function waitingTask(definition: TaskDefinition, createdAt: Instant = start): Task {
  const spec = standaloneSpec(scope, testClusterArn, { capacityProviderName: 'a' });
  const task = newTask(definition, spec, createdAt, ids);
  return { ...task, placementStrategy: [] };
}

const small = testDefinition(1, { cpu: 100 });
const large = testDefinition(2, { cpu: 5000 });
/** As small, and yet of another kind. */
const other = testDefinition(3, { cpu: 100 });

/** An instance of a provider with room for so many small tasks. */
function instanceOf(provider: string, tasks: number): ContainerInstance {
  const made = testInstance(ids, { capacityProviderName: provider });
  return { ...made, resources: { ...made.resources, cpuUnits: tasks * 100 } };
}

async function withTasks(world: StoreWorld, tasks: readonly Task[]): Promise<void> {
  await world.write((tx) => {
    tx.clusters.put(testCluster());
    for (const definition of [small, large, other]) tx.taskDefinitions.put(definition);
    for (const task of tasks) tx.tasks.put(task);
  });
  await world.idle();
}

const put = (world: StoreWorld, instance: ContainerInstance): Promise<void> =>
  world.write((tx) => tx.containerInstances.put(instance));

describe('tasks that wait for an instance of their provider', () => {
  it('are placed when one comes, the oldest first, and on no other', async () => {
    await using world = await openStoreWorld();
    const tasks = [other, small, small, other, small].map((definition, second) =>
      waitingTask(definition, afterMs(start, second * 1000)),
    );
    await withTasks(world, tasks);
    await put(world, instanceOf('b', 10));
    await world.idle();
    const placed = () => tasks.map(({ taskArn }) => world.task(taskArn).hostArn);
    expect(placed().every((host) => host === undefined)).toBe(true);
    const instance = instanceOf('a', 3);
    await put(world, instance);
    await world.idle();
    const arn = instance.containerInstanceArn;
    expect(placed()).toEqual([arn, arn, arn, undefined, undefined]);
    expect(world.task(tasks[0]!.taskArn).lastStatus).toBe('PENDING');
  });

  it('get GPUs of the instance that are nobody else’s', async () => {
    const container = { name: 'web', image: 'web', resourceRequirements: [{ type: 'GPU' as const, value: '1' }] };
    const training = testDefinition(4, { overrides: { containerDefinitions: [{ ...container, memory: 16 }] } });
    const tasks = [1, 2, 3].map((second) => waitingTask(training, afterMs(start, second * 1000)));
    await using world = await openStoreWorld();
    await world.write((tx) => tx.taskDefinitions.put(training));
    await withTasks(world, tasks);
    const instance = instanceOf('a', 10);
    await put(world, { ...instance, resources: { ...instance.resources, gpuIds: ['g0', 'g1'] } });
    await world.idle();
    const given = tasks.map(({ taskArn }) => world.task(taskArn).containers.map(({ gpuIds }) => gpuIds));
    expect(given).toEqual([[['g0']], [['g1']], [undefined]]);
  });

  it('are placed when a task leaves, whoever started it', async () => {
    await using world = await openStoreWorld();
    const instance = instanceOf('a', 1);
    const running: Task = { ...waitingTask(small), hostArn: instance.containerInstanceArn, lastStatus: 'RUNNING' };
    const { capacityProviderName: _, ...plain } = running;
    const waiting = waitingTask(small);
    await withTasks(world, [plain, waiting]);
    await put(world, instance);
    await world.idle();
    expect(world.task(waiting.taskArn).hostArn).toBeUndefined();
    await world.write((tx) => tx.tasks.put({ ...plain, desiredStatus: 'STOPPED', lastStatus: 'STOPPED' }));
    await world.until('placed', () => world.task(waiting.taskArn).hostArn === instance.containerInstanceArn);
  });

  it('do not hold up those that ask for less', async () => {
    await using world = await openStoreWorld();
    const old = waitingTask(large);
    const young = waitingTask(small, afterMs(start, 1000));
    await withTasks(world, [old, young]);
    await put(world, instanceOf('a', 2));
    await world.until('placed', () => world.task(young.taskArn).hostArn !== undefined);
    expect(world.task(old.taskArn).hostArn).toBeUndefined();
  });

  it('stop after the time set, with the reason', async () => {
    await using world = await openStoreWorld({ settings: { provisioningWaitMs: 10 * minuteMs } });
    const early = waitingTask(large);
    const late = waitingTask(large, afterMs(start, 2 * minuteMs));
    await withTasks(world, [early, late]);
    await put(world, instanceOf('a', 2));
    await world.idle();
    for (let minute = 1; minute < 10; minute++) await pass(world);
    expect(world.task(early.taskArn).desiredStatus).toBe('RUNNING');
    await pass(world);
    await world.until('stopped', () => world.task(early.taskArn).lastStatus === 'STOPPED');
    expect(world.task(early.taskArn)).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'TaskFailedToStart: RESOURCE:CPU',
    });
    expect(world.task(late.taskArn).desiredStatus).toBe('RUNNING');
    await pass(world);
    await pass(world);
    await world.until('stopped', () => world.task(late.taskArn).lastStatus === 'STOPPED');
  });

  it.each([
    ['EMPTY CAPACITY PROVIDER', undefined],
    ['NO ACTIVE INSTANCES', { status: 'DRAINING' }],
    ['AGENT', { agentConnected: false }],
  ] as const)('say %s of what there was', async (reason, instance) => {
    await using world = await openStoreWorld({ settings: { provisioningWaitMs: minuteMs } });
    const task = waitingTask(small);
    if (instance !== undefined) await put(world, { ...instanceOf('a', 5), ...instance });
    await withTasks(world, [task]);
    await pass(world);
    await world.until('stopped', () => world.task(task.taskArn).lastStatus === 'STOPPED');
    expect(world.task(task.taskArn).stoppedReason).toBe(`TaskFailedToStart: ${reason}`);
  });

  it('are left alone once they are to stop', async () => {
    await using world = await openStoreWorld();
    const task = waitingTask(small);
    await withTasks(world, [task]);
    await world.write((tx) =>
      tx.tasks.put(requestStop(task, { stopCode: 'UserInitiated', reason: 'no more', at: start })),
    );
    await put(world, instanceOf('a', 5));
    await world.idle();
    expect(world.task(task.taskArn)).toMatchObject({ lastStatus: 'STOPPED', stoppedReason: 'no more' });
    expect(world.task(task.taskArn)).not.toHaveProperty('hostArn');
  });

  it('are placed in more than one round when there are many, of many kinds', async () => {
    await using world = await openStoreWorld();
    const kinds = Array.from({ length: 40 }, (_, index) => testDefinition(index + 10, { cpu: index < 20 ? 9999 : 10 }));
    const tasks = kinds.flatMap((definition) => Array.from({ length: 8 }, () => waitingTask(definition)));
    await world.write((tx) => {
      for (const definition of kinds) tx.taskDefinitions.put(definition);
    });
    await withTasks(world, tasks);
    await put(world, instanceOf('a', 40));
    await world.until('placed', () => tasks.filter(({ taskArn }) => world.task(taskArn).hostArn).length === 160);
  });
});

/** One minute passes, timer by timer. */
async function pass(world: StoreWorld): Promise<void> {
  await world.idle();
  world.clock.advanceMs(minuteMs);
  await world.idle();
}
