import { clustersOf } from '#capacity';
import { operation } from '../operation.ts';
import { requireOneCluster, withAttachments } from './capacity-provider/association.ts';
import { checkManagedInstances, notManaged } from './capacity-provider/managed-instances.ts';
import { presentProvider } from './capacity-provider/present.ts';
import { activeProvider, refuseReserved } from './capacity-provider/resolve.ts';
import { groupProviderAfter, requireGroup } from './capacity-provider/rules.ts';
import { clientError } from './errors.ts';
import { capacityProviderArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** UpdateCapacityProvider: managed scaling, termination protection and draining; what is left out stays. */
export const UpdateCapacityProvider = operation(ecs, 'UpdateCapacityProvider', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateCapacityProvider',
    resource: capacityProviderArnFrom(ctx.scope, input.name),
  }),
  command: (input) => {
    const { name: reference, autoScalingGroupProvider: changes, managedInstancesProvider: managed } = input;
    if ((changes === undefined) === (managed === undefined)) {
      throw clientError('Specify exactly one of autoScalingGroupProvider and managedInstancesProvider and try again.');
    }
    if (managed !== undefined) checkManagedInstances(managed);
    return { reference, changes };
  },
  apply: (tx, { reference, changes }, ctx) => {
    const provider = activeProvider(tx, ctx.scope, reference);
    refuseReserved(provider, 'updated');
    if (changes === undefined) throw notManaged(provider);
    if (provider.autoScalingGroupProvider === undefined) return provider;
    const group = groupProviderAfter(provider.autoScalingGroupProvider, changes);
    if (group.managedTerminationProtection === 'ENABLED') requireGroup(tx, group, ctx);
    const updated = { ...provider, autoScalingGroupProvider: group, updateStatus: 'UPDATE_COMPLETE' as const };
    tx.capacityProviders.put(updated);
    const clusters = [...clustersOf(tx, updated)];
    requireOneCluster(updated, clusters);
    for (const cluster of clusters) tx.clusters.put(withAttachments(tx, cluster, ctx));
    return updated;
  },
  output: (provider) => ({ capacityProvider: presentProvider(provider, { tags: true }) }),
});
