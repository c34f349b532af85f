import { describe, expect, it } from 'vitest';
import type { CapacityProviderStrategyItem, Service, Task } from '#model';
import { rolling } from '../test-support/records.ts';
import { ServiceWorld } from '../test-support/service-world.ts';

function strategy(...weights: [provider: string, weight: number, base?: number][]): CapacityProviderStrategyItem[] {
  return weights.map(([capacityProvider, weight, base = 0]) => ({ capacityProvider, weight, base }));
}

/** A service over the providers `a` and `b`, each with one host. */
function worldOf(items: readonly CapacityProviderStrategyItem[], service: Partial<Service> = {}): ServiceWorld {
  const world = new ServiceWorld({ hosts: 0, service });
  for (const name of ['a', 'b']) {
    const { containerInstanceArn } = world.addHost();
    world.changeHost(containerInstanceArn, (host) => ({ ...host, capacityProviderName: name }));
  }
  use(world, items);
  return world;
}

function use(world: ServiceWorld, items: readonly CapacityProviderStrategyItem[]): void {
  const [primary, ...older] = world.service.deployments;
  world.change({
    capacityProviderStrategy: items,
    deployments: [{ ...primary!, capacityProviderStrategy: items }, ...older],
  });
}

function byProvider(tasks: readonly Task[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { capacityProviderName = 'none' } of tasks) {
    counts[capacityProviderName] = (counts[capacityProviderName] ?? 0) + 1;
  }
  return counts;
}

describe('a service with a capacity provider strategy', () => {
  it('starts each task on the instances of its provider', () => {
    const world = worldOf(strategy(['a', 1, 2], ['b', 3]), { desiredCount: 10 });
    world.converge();
    expect(byProvider(world.running)).toEqual({ a: 4, b: 6 });
    for (const task of world.running) {
      expect(world.hosts.get(task.hostArn!)?.capacityProviderName).toBe(task.capacityProviderName);
    }
  });

  it('never fills hosts of the Fargate pool twice', () => {
    const items = strategy(['FARGATE', 1], ['FARGATE_SPOT', 2]);
    const world = new ServiceWorld({ hosts: 1, service: { desiredCount: 300, launchType: 'FARGATE' } });
    const [host] = [...world.hosts.keys()];
    world.changeHost(host!, (one) => ({ ...one, pool: 'fargate', resources: { ...one.resources, cpuUnits: 75 } }));
    const [deployment] = world.service.deployments;
    world.change({ deployments: [{ ...deployment!, launchType: 'FARGATE' }] });
    use(world, items);
    world.settle();
    world.agents();
    expect(byProvider(world.all())).toEqual({ FARGATE: 2, FARGATE_SPOT: 5 });
  });

  it('names the providers that have no room', () => {
    const world = worldOf(strategy(['a', 1], ['b', 1], ['c', 1]), { desiredCount: 6 });
    world.settle();
    const [trouble] = world.primary.troubles ?? [];
    expect(trouble).toMatchObject({
      kind: 'placement',
      reason: 'EMPTY CAPACITY PROVIDER',
      capacityProviderArns: ['arn:aws:ecs:us-east-1:000000000000:capacity-provider/c'],
    });
  });

  it('names of Fargate’s providers those that did not get their share', () => {
    const told = (cpuUnits: number): readonly string[] => {
      const world = new ServiceWorld({ hosts: 1, service: { desiredCount: 3, launchType: 'FARGATE' } });
      const [host] = [...world.hosts.keys()];
      world.changeHost(host!, (one) => ({ ...one, pool: 'fargate', resources: { ...one.resources, cpuUnits } }));
      const [deployment] = world.service.deployments;
      world.change({ deployments: [{ ...deployment!, launchType: 'FARGATE' }] });
      use(world, strategy(['FARGATE', 0, 1], ['FARGATE_SPOT', 1]));
      world.settle();
      const [trouble] = world.primary.troubles ?? [];
      expect(trouble?.reason).toBe('RESOURCE:FARGATE');
      return (trouble?.capacityProviderArns ?? []).map((arn) => arn.split('/')[1] ?? '');
    };
    expect(told(0)).toEqual(['FARGATE', 'FARGATE_SPOT']);
    expect(told(20)).toEqual(['FARGATE_SPOT']);
  });

  it('keeps the ratio as it grows, and when tasks were lost on one side', () => {
    const world = worldOf(strategy(['a', 1], ['b', 1]), { desiredCount: 4 });
    world.converge();
    for (const task of world.running.filter(({ capacityProviderName }) => capacityProviderName === 'a')) {
      world.report(task, 'STOPPED', { exitCode: 1 });
    }
    world.change({ desiredCount: 10 });
    world.converge();
    expect(byProvider(world.running)).toEqual({ a: 5, b: 5 });
  });

  it('takes from the provider that is most above its ratio when it shrinks', () => {
    const world = worldOf(strategy(['a', 1], ['b', 1]), { desiredCount: 8 });
    world.converge();
    use(world, strategy(['a', 1], ['b', 3]));
    world.change({ desiredCount: 4 });
    world.converge();
    expect(byProvider(world.running)).toEqual({ a: 1, b: 3 });
  });

  it('does not fall back to another provider', () => {
    const world = worldOf(strategy(['a', 1], ['b', 1]), { desiredCount: 4 });
    const [first] = [...world.hosts.values()];
    world.changeHost(first!.containerInstanceArn, (host) => ({ ...host, agentConnected: false }));
    world.settle();
    world.agents();
    world.settle();
    expect(byProvider(world.running)).toEqual({ b: 2 });
    expect(world.events.join('\n')).toContain('was unable to place a task');
  });

  it('lets tasks of a provider that scales its group wait, as many as may', () => {
    const world = worldOf(strategy(['a', 1], ['b', 1]), { desiredCount: 30 });
    for (const host of world.hosts.keys()) {
      world.changeHost(host, (one) => ({ ...one, resources: { ...one.resources, cpuUnits: 50 } }));
    }
    world.scaledProviders.add('a');
    world.provisioningRoom = 7;
    world.decide();
    const waiting = world.all(({ hostArn }) => hostArn === undefined);
    expect(waiting).toHaveLength(7);
    expect(byProvider(waiting)).toEqual({ a: 7 });
    expect(byProvider(world.all(({ hostArn }) => hostArn !== undefined))).toEqual({ a: 5, b: 5 });
    for (const task of waiting) {
      expect(task).toMatchObject({ lastStatus: 'PROVISIONING', placementStrategy: expect.any(Array) });
    }
    expect(world.events.join()).toContain(
      '(service web) was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded.',
    );
  });

  it('says when a provider has no instance', () => {
    const world = worldOf(strategy(['c', 1]));
    world.settle();
    expect(world.events).toContain(
      '(service web) was unable to reach steady state. Reason: No Container Instances were found in your capacity provider.',
    );
  });

  it('moves to another strategy with a new deployment, within the percentages', () => {
    const world = worldOf(strategy(['a', 1]), { desiredCount: 4, deploymentConfiguration: rolling(100, 150) });
    world.converge();
    world.deploy(world.definitions[0]);
    use(world, strategy(['b', 1]));
    world.settle();
    expect(world.running.length + world.pending.length).toBeLessThanOrEqual(6);
    world.converge();
    expect(byProvider(world.running)).toEqual({ b: 4 });
  });

  it('goes back to the former strategy when the breaker rolls back', () => {
    const breaker = { enable: true, rollback: true };
    const world = worldOf(strategy(['a', 1]), { desiredCount: 2, deploymentConfiguration: rolling(100, 200, breaker) });
    world.converge();
    world.deploy(world.definitions[1]);
    use(world, strategy(['b', 1]));
    for (let round = 0; round < 20 && world.primary.capacityProviderStrategy?.[0]?.capacityProvider === 'b'; round++) {
      world.settle();
      for (const task of world.pending) world.report(task, 'STOPPED', { reason: 'CannotPullContainerError: no' });
      world.advanceMs(60_000);
    }
    world.converge();
    expect(world.service.capacityProviderStrategy).toEqual(strategy(['a', 1]));
    expect(byProvider(world.running)).toEqual({ a: 2 });
  });
});
