import { clustersOf } from '#capacity';
import { operation } from '../operation.ts';
import { presentProvider } from './capacity-provider/present.ts';
import { activeProvider, refuseReserved } from './capacity-provider/resolve.ts';
import { clientError } from './errors.ts';
import { capacityProviderArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** DeleteCapacityProvider: INACTIVE at once; refused while a cluster is associated with it. */
export const DeleteCapacityProvider = operation(ecs, 'DeleteCapacityProvider', {
  authorize: (input, ctx) => ({
    action: 'ecs:DeleteCapacityProvider',
    resource: capacityProviderArnFrom(ctx.scope, input.capacityProvider),
  }),
  command: (input, ctx) => ({ reference: input.capacityProvider, at: ctx.now }),
  apply: (tx, { reference, at }, ctx) => {
    const provider = activeProvider(tx, ctx.scope, reference);
    refuseReserved(provider, 'deleted');
    const [cluster] = clustersOf(tx, provider);
    if (cluster !== undefined) {
      throw clientError(
        `The capacity provider cannot be deleted because it is associated with cluster: ${cluster.clusterName}. Remove the capacity provider from the cluster and try again.`,
      );
    }
    const deleted = {
      ...provider,
      status: 'INACTIVE' as const,
      updateStatus: 'DELETE_COMPLETE' as const,
      inactiveAt: at,
    };
    tx.capacityProviders.put(deleted);
    return deleted;
  },
  output: (provider) => ({ capacityProvider: presentProvider(provider, { tags: true }) }),
});
