import type { ContainerInstance } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { presentContainerInstance } from './container-instance/present.ts';
import { clientError, invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { clusterArnFrom, containerInstanceArnFrom } from './references.ts';
import { ecs } from './service.ts';

interface Updated {
  readonly instances: ContainerInstance[];
  readonly failures: { arn: string; reason: string }[];
}

/** UpdateContainerInstancesState: DRAINING takes no new tasks and lets the service loop move those it has. */
export const UpdateContainerInstancesState = operation(ecs, 'UpdateContainerInstancesState', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateContainerInstancesState',
    resource:
      input.containerInstances.length === 1
        ? containerInstanceArnFrom(ctx.scope, input.cluster, input.containerInstances[0] ?? '')
        : clusterArnFrom(ctx.scope, input.cluster),
  }),
  command: (input, ctx) => {
    const { status } = input;
    if (status !== 'ACTIVE' && status !== 'DRAINING') {
      throw invalidParameter('Container instance status should be one of [ACTIVE, DRAINING]');
    }
    if (input.containerInstances.length === 0) throw clientError('Container Instances cannot be empty.');
    if (input.containerInstances.length > limits.updateInstancesState) {
      throw invalidParameter(`Container Instances cannot have more than ${limits.updateInstancesState} elements.`);
    }
    return {
      cluster: input.cluster,
      status,
      arns: input.containerInstances.map((each) => containerInstanceArnFrom(ctx.scope, input.cluster, each)),
    } as const;
  },
  apply: (tx, { cluster, status, arns }, ctx): Updated => {
    resolveCluster(tx, ctx.scope, cluster);
    const updated: Updated = { instances: [], failures: [] };
    for (const arn of arns) {
      const instance = tx.containerInstances.find(arn);
      if (instance === undefined || instance.status === 'INACTIVE') {
        updated.failures.push({ arn, reason: instance === undefined ? 'MISSING' : 'INACTIVE' });
        continue;
      }
      const next = instance.status === status ? instance : { ...instance, status, version: instance.version + 1 };
      tx.containerInstances.put(next);
      updated.instances.push(next);
    }
    return updated;
  },
  output: ({ instances, failures }, ctx) => ({
    containerInstances: instances.map((instance) =>
      presentContainerInstance(instance, ctx.totals.instances.of(instance.containerInstanceArn), new Set()),
    ),
    failures,
  }),
});
