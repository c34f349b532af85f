import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterMs, Ids, SeededRandom } from '#base';
import {
  type ContainerInstanceArn,
  type DaemonTaskDefinition,
  daemonTaskDefinitionArn,
  newServiceRevision,
  newTask,
  placeTask,
  requestStop,
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
  testServiceDeployment,
} from '../test-support/records.ts';
import { openStoreWorld, type StoreWorld } from '../test-support/store-world.ts';
import { addTaskSet, externalWorld } from '../test-support/task-sets.ts';
import { overTasks } from './decide.ts';
import { defaultReaperSettings as settings } from './settings.ts';

const hourMs = 60 * 60_000;
const ids = new Ids(new SeededRandom(3));

function taskOf(definition: TaskDefinition): Task {
  const task = newTask(definition, standaloneSpec(scope, testClusterArn), start, ids);
  return placeTask(task, 'host' as ContainerInstanceArn, undefined);
}

function stopped(atMs: number, definition = testDefinition(1)): Task {
  const stopping = requestStop(taskOf(definition), { stopCode: 'UserInitiated', reason: '', at: start });
  return { ...stopping, lastStatus: 'STOPPED', stoppedAt: afterMs(start, atMs) };
}

describe('overTasks', () => {
  it('keeps every task for an hour, none for more than seven days, and the newest of too many', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9 * 24), { maxLength: 60 }), fc.nat(20), fc.boolean(), (hours, keep, clusterGone) => {
        const now = afterMs(start, 9 * 24 * hourMs);
        const tasks = hours.map((hour) => stopped(hour * hourMs));
        const over = new Set(
          overTasks(tasks, { now, settings: { ...settings, stoppedTasksPerCluster: keep }, clusterGone }),
        );
        const age = (task: Task): number => 9 * 24 - hours[tasks.indexOf(task)]!;
        for (const task of over) expect(age(task)).toBeGreaterThanOrEqual(1);
        const kept = tasks.filter((task) => !over.has(task));
        for (const task of kept) expect(age(task)).toBeLessThan(clusterGone ? 1 : 7 * 24);
        expect(kept.filter((task) => age(task) >= 1).length).toBeLessThanOrEqual(keep);
        const oldestKept = Math.max(0, ...kept.map(age));
        for (const task of over)
          if (age(task) < 7 * 24 && !clusterGone) expect(age(task)).toBeGreaterThanOrEqual(oldestKept);
      }),
    );
  });
});

describe('the reaper', () => {
  async function pass(world: StoreWorld, ms: number): Promise<void> {
    // Each sweep sets its next timer when it is done.
    for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve));
    world.clock.advanceMs(ms);
    for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  it('forgets stopped tasks, INACTIVE records and old tokens, each when its time has come', async () => {
    await using world = await openStoreWorld();
    const definition = testDefinition(1);
    const service = testService(ids, definition, { status: 'INACTIVE', inactiveAt: start, deployments: [] });
    const instance = testInstance(ids, { status: 'INACTIVE', inactiveAt: start, agentConnected: false });
    await world.write((tx) => {
      tx.clusters.put(testCluster({ status: 'INACTIVE', inactiveAt: start }));
      tx.services.put(service);
      const event = { ...scope, id: ids.uuid(), serviceArn: service.serviceArn, createdAt: start, message: 'gone' };
      tx.serviceEvents.put(event);
      tx.containerInstances.put(instance);
      tx.tasks.put(stopped(0));
      tx.clientTokens.put({
        ...scope,
        token: 't',
        requestDigest: '',
        resourceArns: [],
        expiresAt: afterMs(start, hourMs),
      });
    });
    const sizes = (): number[] => {
      const { tasks, services, serviceEvents, containerInstances, clusters, clientTokens } = world.store.view;
      return [tasks, services, serviceEvents, containerInstances, clusters, clientTokens].map(({ size }) => size);
    };
    await pass(world, hourMs - 60_000);
    expect(sizes()).toEqual([1, 1, 1, 1, 1, 1]);
    await pass(world, 60_000);
    await pass(world, 60_000);
    await pass(world, 60_000);
    expect(sizes()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('forgets what became of a request to Cloud Map after a day', async () => {
    await using world = await openStoreWorld();
    const record = { ...scope, type: 'CREATE_NAMESPACE' as const, status: 'SUCCESS' as const, targets: {} };
    await world.write((tx) => {
      tx.discoveryOperations.put({ ...record, operationId: 'old', createdAt: start });
      tx.discoveryOperations.put({ ...record, operationId: 'new', createdAt: afterMs(start, 120_000) });
    });
    await pass(world, 24 * hourMs - 60_000);
    expect(world.store.view.discoveryOperations.size).toBe(2);
    await pass(world, 60_000);
    await pass(world, 60_000);
    expect([...world.store.view.discoveryOperations.all()].map(({ operationId }) => operationId)).toEqual(['new']);
  });

  it('forgets deployments of CodeDeploy that were over 90 days ago', async () => {
    await using world = await openStoreWorld();
    const record = { ...scope, status: 'Succeeded', deploymentGroupId: 'group', serviceArn: 'arn' };
    const put = (more: object): void => {
      void world.write((tx) => tx.codeDeployDeployments.put({ ...record, createdAt: start, ...more } as never));
    };
    put({ deploymentId: 'd-OLD000000' });
    put({ deploymentId: 'd-NEW000000', createdAt: afterMs(start, 3 * hourMs) });
    await pass(world, 90 * 24 * hourMs - 60_000);
    expect(world.store.view.codeDeployDeployments.size).toBe(2);
    await pass(world, 60_000);
    await pass(world, 60_000);
    const left = [...world.store.view.codeDeployDeployments.all()].map(({ deploymentId }) => deploymentId);
    expect(left).toEqual(['d-NEW000000']);
  });

  it('forgets a change of DNS after a day', async () => {
    await using world = await openStoreWorld();
    await world.write((tx) => {
      tx.dnsChanges.put({ accountId: scope.accountId, changeId: 'COLD', createdAt: start });
      tx.dnsChanges.put({ accountId: scope.accountId, changeId: 'CNEW', createdAt: afterMs(start, 120_000) });
    });
    await pass(world, 24 * hourMs);
    await pass(world, 60_000);
    expect([...world.store.view.dnsChanges.all()].map(({ changeId }) => changeId)).toEqual(['CNEW']);
  });

  it('forgets the history of services after 90 days, but for what is told of still', async () => {
    await using world = await openStoreWorld();
    const definition = testDefinition(1);
    const service = testService(ids, definition, { desiredCount: 0 });
    const made = [0, 1, 2].map(() => testDeployment(ids, definition));
    const [first, , last] = made.map((deployment) => testServiceDeployment(ids, service, deployment, 'STOPPED'));
    const second = testServiceDeployment(ids, service, made[1]!, 'SUCCESSFUL');
    const rolled = { ...last!, sourceServiceRevisionArns: [second.targetServiceRevisionArn] };
    await world.write((tx) => {
      tx.clusters.put(testCluster());
      tx.taskDefinitions.put(definition);
      for (const deployment of made) tx.serviceRevisions.put(newServiceRevision(service, deployment, definition));
      for (const record of [first!, second, rolled]) tx.serviceDeployments.put(record);
      const deployments = [{ ...made[2]!, rolloutState: 'COMPLETED' as const }];
      tx.services.put({ ...service, deployments, currentServiceDeploymentArn: rolled.serviceDeploymentArn });
    });
    const left = (): [unknown[], unknown[]] => [
      [...world.store.view.serviceDeployments.all()].map((record) => record.deploymentId),
      [...world.store.view.serviceRevisions.all()].map((record) => record.serviceRevisionArn),
    ];
    await pass(world, 90 * 24 * hourMs - 60_000);
    expect(left().map(({ length }) => length)).toEqual([3, 3]);
    await pass(world, 60_000);
    await pass(world, 60_000);
    await pass(world, 60_000);
    expect(left()).toEqual([[rolled.deploymentId], [second.targetServiceRevisionArn, rolled.targetServiceRevisionArn]]);
    await world.write((tx) => {
      tx.services.put({ ...tx.services.get(service.serviceArn), status: 'INACTIVE', inactiveAt: world.now() });
    });
    await pass(world, hourMs);
    await pass(world, 60_000);
    expect(left()).toEqual([[], []]);
  });

  it('deletes a task definition only when no task, service or deployment refers to it', async () => {
    await using world = await openStoreWorld();
    const deleted = { status: 'DELETE_IN_PROGRESS' as const, deleteRequestedAt: start };
    const byTask = testDefinition(1, { overrides: deleted });
    const byService = testDefinition(2, { overrides: deleted });
    const byDeployment = testDefinition(3, { overrides: deleted });
    const unused = testDefinition(4, { overrides: deleted });
    const active = testDefinition(5);
    const task = taskOf(byTask);
    const service = testService(ids, byService, { desiredCount: 0, deployments: [testDeployment(ids, byDeployment)] });
    await world.write((tx) => {
      tx.clusters.put(testCluster());
      for (const one of [byTask, byService, byDeployment, unused, active]) tx.taskDefinitions.put(one);
      tx.tasks.put(task);
      tx.services.put(service);
    });
    const left = (): number[] => [...world.store.view.taskDefinitions.all()].map(({ revision }) => revision);
    await pass(world, 61_000);
    expect(left()).toEqual([1, 2, 3, 5]);
    await world.write((tx) => {
      tx.tasks.put({ ...task, lastStatus: 'STOPPED', stoppedAt: world.now() });
      tx.services.put({ ...tx.services.get(service.serviceArn), status: 'INACTIVE', inactiveAt: world.now() });
    });
    await pass(world, 61_000);
    expect(left()).toEqual([5]);
  });

  it('keeps a deleted task definition for as long as a task set has it', async () => {
    await using world = await openStoreWorld();
    const definition = testDefinition(1, {
      overrides: { status: 'DELETE_IN_PROGRESS', deleteRequestedAt: start },
    });
    const other = externalWorld({ definitions: [definition] });
    const taskSet = addTaskSet(other, 0);
    const { taskDefinitionArn: _, ...service } = other.service;
    await world.write((tx) => {
      tx.clusters.put(testCluster());
      tx.taskDefinitions.put(definition);
      tx.services.put(service);
      tx.taskSets.put(taskSet);
    });
    await pass(world, 61_000);
    expect(world.store.view.taskDefinitions.size).toBe(1);
    expect(world.store.view.taskSets.get(taskSet.taskSetArn).stabilityStatus).toBe('STEADY_STATE');
    await world.write((tx) => tx.taskSets.put({ ...tx.taskSets.get(taskSet.taskSetArn), status: 'DRAINING' }));
    await pass(world, 61_000);
    expect(world.store.view.taskSets.size).toBe(0);
    expect(world.store.view.taskDefinitions.size).toBe(0);
  });

  it('turns deleted daemon task definitions DELETED at once, and forgets them an hour later', async () => {
    await using world = await openStoreWorld();
    const definition = (revision: number, status: DaemonTaskDefinition['status']): DaemonTaskDefinition => ({
      ...scope,
      daemonTaskDefinitionArn: daemonTaskDefinitionArn(scope, 'logs', revision),
      family: 'logs',
      revision,
      status,
      containerDefinitions: [],
      volumes: [],
      registeredAt: start,
      registeredBy: 'me',
      tags: [],
    });
    await world.write((tx) => {
      tx.daemonTaskDefinitions.put(definition(1, 'ACTIVE'));
      tx.daemonTaskDefinitions.put(definition(2, 'DELETE_IN_PROGRESS'));
    });
    const left = (): string[] => [...world.store.view.daemonTaskDefinitions.all()].map(({ status }) => status);
    await pass(world, 60_000);
    expect(left()).toEqual(['ACTIVE', 'DELETED']);
    for (let i = 0; i < 58; i++) await pass(world, 60_000);
    expect(left()).toEqual(['ACTIVE', 'DELETED']);
    for (let i = 0; i < 3; i++) await pass(world, 60_000);
    expect(left()).toEqual(['ACTIVE']);
  });

  it('deletes a bounded number at a time, and goes on soon', async () => {
    await using world = await openStoreWorld({ settings: { stoppedTasksPerCluster: 100 } });
    await world.write((tx) => {
      tx.clusters.put(testCluster());
      for (let i = 0; i < 450; i++) tx.tasks.put(stopped(i));
    });
    await pass(world, 2 * hourMs);
    expect(world.store.view.tasks.size).toBe(250);
    await pass(world, 60);
    expect(world.store.view.tasks.size).toBe(100);
  });
});
