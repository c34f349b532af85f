import { describe, expect, it } from 'vitest';
import {
  type ContainerInstanceArn,
  type DeploymentId,
  newTask,
  placeTask,
  requestStop,
  type ServiceArn,
  type Task,
} from '#model';
import { type ApiHarness, apiHarness } from '../../../../test/support/api-harness.ts';
import { standaloneSpec } from '../../../../test/support/definitions.ts';
import { newestEvents, presentService } from './present.ts';

async function withService() {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  await harness.call('RegisterTaskDefinition', {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'app:1', memory: 64 }],
  });
  const created = await harness.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 2 });
  return { ...harness, serviceArn: created.service.serviceArn as ServiceArn };
}

/** The service as DescribeServices shows it, which must be how it is shown when nothing is kept. */
async function described({ call, store, totals }: ApiHarness, serviceArn: ServiceArn) {
  const { services } = await call('DescribeServices', { services: [serviceArn] });
  const service = store.view.services.get(serviceArn);
  const fresh = presentService(service, newestEvents(store.view, service), totals, { tags: false, taskSets: [] });
  expect(services).toEqual([JSON.parse(JSON.stringify(fresh))]);
  return services[0];
}

/** A task of the service's deployment, or of one that is no longer listed. */
function taskOf(
  { store, clock, ids }: ApiHarness,
  serviceArn: ServiceArn,
  hostArn: ContainerInstanceArn,
  deploymentId = store.view.services.get(serviceArn).deployments[0]!.id,
): Task {
  const service = store.view.services.get(serviceArn);
  const definition = store.view.taskDefinitions.get(service.taskDefinitionArn ?? '');
  const { accountId, region, clusterArn } = service;
  const spec = standaloneSpec({ accountId, region }, clusterArn, { group: 'service:web', serviceArn, deploymentId });
  return placeTask(newTask(definition, spec, clock.now(), ids), hostArn, undefined);
}

describe('what DescribeServices keeps of a service', () => {
  it('is dropped when a task of it comes, runs or goes', async () => {
    const harness = await withService();
    const { store, clock, serviceArn, addHost } = harness;
    const hostArn = await addHost({ cluster: 'default' });
    const counts = async () => {
      const { runningCount, pendingCount } = await described(harness, serviceArn);
      return [runningCount, pendingCount];
    };
    expect(await counts()).toEqual([0, 0]);

    const task = taskOf(harness, serviceArn, hostArn);
    await store.update('service', (tx) => tx.tasks.put(task));
    expect(await counts()).toEqual([0, 1]);
    await store.update('dispatch', (tx) => tx.tasks.put({ ...task, lastStatus: 'RUNNING' }));
    expect(await counts()).toEqual([1, 0]);
    await store.update('service', (tx) => {
      const running = tx.tasks.get(task.taskArn);
      const stop = { stopCode: 'ServiceSchedulerInitiated' as const, reason: 'scaled in', at: clock.now() };
      tx.tasks.put(requestStop(running, stop));
    });
    await described(harness, serviceArn);
    await store.update('dispatch', (tx) => tx.tasks.put({ ...tx.tasks.get(task.taskArn), lastStatus: 'STOPPED' }));
    expect(await counts()).toEqual([0, 0]);
  });

  it('is dropped when tasks of one deployment take the place of others', async () => {
    const harness = await withService();
    const { store, serviceArn, addHost } = harness;
    const hostArn = await addHost({ cluster: 'default' });
    const gone = taskOf(harness, serviceArn, hostArn, 'ecs-svc/1' as DeploymentId);
    const own = taskOf(harness, serviceArn, hostArn);
    const show = async () => {
      const { runningCount, deployments } = await described(harness, serviceArn);
      return [runningCount, deployments[0].runningCount];
    };
    const move = (task: Task, lastStatus: 'RUNNING' | 'STOPPED') => ({ ...task, lastStatus });
    await store.update('service', (tx) => {
      tx.tasks.put(gone);
      tx.tasks.put(own);
    });
    expect(await show()).toEqual([0, 0]);
    await store.update('dispatch', (tx) => tx.tasks.put(move(gone, 'RUNNING')));
    expect(await show()).toEqual([1, 0]);
    await store.update('dispatch', (tx) => {
      tx.tasks.put(move(gone, 'STOPPED'));
      tx.tasks.put(move(own, 'RUNNING'));
    });
    await store.update('service', (tx) => tx.tasks.put(taskOf(harness, serviceArn, hostArn)));
    expect(await show()).toEqual([1, 1]);
  });

  it('is dropped when an event is added, and when the oldest leave', async () => {
    const harness = await withService();
    const { store, clock, serviceArn } = harness;
    const { accountId, region } = store.view.services.get(serviceArn);
    const messages = async (): Promise<string[]> =>
      (await described(harness, serviceArn)).events.map(({ message }: { readonly message: string }) => message);
    const tell = (message: string) =>
      store.update('service', (tx) =>
        tx.serviceEvents.put({ id: message, serviceArn, accountId, region, createdAt: clock.now(), message }),
      );
    expect(await messages()).toEqual([]);
    await tell('first');
    expect(await messages()).toEqual(['first']);
    await tell('second');
    expect(await messages()).toEqual(['second', 'first']);
    await store.update('service', (tx) => {
      tx.serviceEvents.put({ ...tx.serviceEvents.get('second'), id: 'third', message: 'third' });
      tx.serviceEvents.delete('first');
    });
    expect(await messages()).toEqual(['third', 'second']);
  });

  it('is dropped when the service changes, and never shows tags that nobody asked for', async () => {
    const harness = await withService();
    const { call, serviceArn } = harness;
    await described(harness, serviceArn);
    await call('TagResource', { resourceArn: serviceArn, tags: [{ key: 'team', value: 'a' }] });
    const tagged = await call('DescribeServices', { services: ['web'], include: ['TAGS'] });
    expect(tagged.services[0].tags).toEqual([{ key: 'team', value: 'a' }]);
    expect(await described(harness, serviceArn)).not.toHaveProperty('tags');
    await call('UpdateService', { service: 'web', desiredCount: 5 });
    expect(await described(harness, serviceArn)).toMatchObject({ desiredCount: 5 });
  });
});
