import type { ControlPlane } from '../control-plane.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Say } from '../output/steps.ts';
import { waitFor } from '../waiting.ts';
import { hasCode } from './refusals.ts';
import { removeBalancer } from './sample-balancer.ts';
import { removeDefinitions } from './sample-definition.ts';
import { tryRemoveNetwork } from './sample-network.ts';
import { sampleCluster, sampleService } from './sample-service.ts';

const goneTimeoutMs = 120_000;
const intervalMs = 100;

/** Deletes what the demo made in the control plane, and waits until its tasks are gone. */
export async function removeSample({ deps }: Invocation, controlPlane: ControlPlane, say: Say): Promise<void> {
  const { ecs } = controlPlane;
  const wait = { timeoutMs: goneTimeoutMs, intervalMs, signal: deps.signal };
  const { clusters } = await ecs('DescribeClusters', { clusters: [sampleCluster] });
  if (clusters?.some(({ status }) => status === 'ACTIVE') === true) {
    const found = await ecs('DescribeServices', { cluster: sampleCluster, services: [sampleService] });
    if (found.services?.some(({ status }) => status === 'ACTIVE') === true) {
      await ecs('DeleteService', { cluster: sampleCluster, service: sampleService, force: true });
    }
    if ((await waitFor(deps.clock, wait, () => tryDeleteCluster(controlPlane, say))) === undefined) {
      throw new Failure('the tasks of the sample do not stop', {
        exitCode: exitCodes.timedOut,
        next: 'roadstead down --tasks removes them in any case',
      });
    }
  }
  await removeBalancer(controlPlane);
  await removeDefinitions(controlPlane);
  if ((await waitFor(deps.clock, wait, () => tryRemoveNetwork(controlPlane))) === undefined) {
    throw new Failure('interfaces of the sample keep its security group', { exitCode: exitCodes.timedOut });
  }
  say(`service ${sampleService}, its load balancer, cluster ${sampleCluster} and task definition deleted`);
}

/** `undefined` while tasks are still on their way out: then the cluster cannot go either. */
async function tryDeleteCluster({ ecs }: ControlPlane, say: Say): Promise<true | undefined> {
  try {
    await ecs('DeleteCluster', { cluster: sampleCluster });
    return true;
  } catch (error) {
    if (!hasCode(error, 'ClusterContainsTasksException')) throw error;
    say('waiting for its tasks to stop');
    return undefined;
  }
}
