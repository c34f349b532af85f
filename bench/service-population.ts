import type { Installation } from '../test/support/installation.ts';
import { Fleet } from './scale/fleet-process.ts';
import { type Call, inLanes, signedClient } from './scale/signed-client.ts';

/** Agents that run the tasks, with room for all of them twice. */
const agents = 20;
const cpuUnits = 1_048_576;
const memoryMiB = 2_097_152;
/** Calls at the same time. */
const lanes = 32;
/** How often the busy services are deployed anew: each time leaves four or five events. */
const deployments = 3;

/**
 * Fills a cluster with services of one task each, all of them steady. The first `busy` of them were deployed several
 * times, so that they have the events of a service that somebody uses. Disposing of it ends the agents.
 */
export async function populate(
  installation: Installation,
  { cluster, services, busy }: { readonly cluster: string; readonly services: number; readonly busy: number },
): Promise<AsyncDisposable> {
  const target = { url: installation.url, keys: installation.keys() };
  const call = signedClient(target, lanes);
  await call('CreateCluster', { clusterName: cluster });
  await register(call);
  const fleet = await Fleet.start({ target, cluster, agents, cpuUnits, memoryMiB, seed: 1 });
  try {
    await fleet.do({ type: 'join' });
    await inLanes(services, lanes, (index) =>
      call('CreateService', { cluster, serviceName: serviceName(index), taskDefinition: 'served', desiredCount: 1 }),
    );
    const first = Array.from({ length: busy }, (_, index) => serviceName(index));
    await installation.until('every task runs', async () => {
      const { clusters } = await call('DescribeClusters', { clusters: [cluster] });
      return clusters[0].runningTasksCount === services;
    });
    for (let round = 0; round < deployments; round++) {
      await register(call);
      await inLanes(busy, lanes, (index) =>
        call('UpdateService', { cluster, service: first[index], taskDefinition: 'served' }),
      );
      await installation.until('the services are steady', () => areSteady(call, cluster, first));
    }
    return fleet;
  } catch (error) {
    await fleet[Symbol.asyncDispose]();
    throw error;
  }
}

export function serviceName(index: number): string {
  return `service-${index}`;
}

async function areSteady(call: Call, cluster: string, names: readonly string[]): Promise<boolean> {
  for (let index = 0; index < names.length; index += 10) {
    const { services } = await call('DescribeServices', { cluster, services: names.slice(index, index + 10) });
    for (const { deployments: listed, events } of services) {
      const steady = events[0]?.message.endsWith('has reached a steady state.') === true;
      if (listed.length !== 1 || listed[0].rolloutState !== 'COMPLETED' || !steady) return false;
    }
  }
  return true;
}

/** A revision of a task definition as people write them. */
async function register(call: Call): Promise<void> {
  await call('RegisterTaskDefinition', {
    family: 'served',
    networkMode: 'host',
    containerDefinitions: [{ name: 'app', image: 'registry.example/team/app:1.2.3', cpu: 64, memory: 128 }],
  });
}
