import { type CapacityProvider, capacityProviderArn, scopeKey } from '#model';
import type { RoadsteadTx } from '#store';
import { operation } from '../operation.ts';
import { checkManagedInstances, noManagedInstances } from './capacity-provider/managed-instances.ts';
import { presentProvider } from './capacity-provider/present.ts';
import { checkedGroupProvider, checkedProviderName, requireGroup } from './capacity-provider/rules.ts';
import { clientError, invalidParameter } from './errors.ts';
import { capacityProviderArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';

/** CreateCapacityProvider: a group of machines gets a name that clusters and strategies can refer to. */
export const CreateCapacityProvider = operation(ecs, 'CreateCapacityProvider', {
  authorize: (input, ctx) => ({
    action: 'ecs:CreateCapacityProvider',
    resource: capacityProviderArnFrom(ctx.scope, input.name),
  }),
  command: (input, ctx): CapacityProvider => {
    const name = checkedProviderName(input.name);
    const tags = checkedTags(input.tags);
    if (input.managedInstancesProvider !== undefined && input.autoScalingGroupProvider === undefined) {
      if (input.cluster === undefined || input.cluster === '') {
        throw invalidParameter('cluster is required when managedInstancesProvider is specified.');
      }
      checkManagedInstances(input.managedInstancesProvider);
      throw noManagedInstances();
    }
    if (input.autoScalingGroupProvider === undefined || input.managedInstancesProvider !== undefined) {
      throw clientError('Specify exactly one of autoScalingGroupProvider and managedInstancesProvider and try again.');
    }
    return {
      ...ctx.scope,
      capacityProviderArn: capacityProviderArn(ctx.scope, name),
      name,
      type: 'EC2_AUTOSCALING',
      status: 'ACTIVE',
      autoScalingGroupProvider: checkedGroupProvider(ctx.scope, input.autoScalingGroupProvider),
      tags,
    };
  },
  apply: (tx, provider, ctx) => {
    if (tx.capacityProviders.find(provider.capacityProviderArn)?.status === 'ACTIVE') {
      throw clientError(
        'A capacity provider with the specified name already exists. Specify a unique name and try again.',
      );
    }
    const group = provider.autoScalingGroupProvider;
    if (group !== undefined) {
      requireGroup(tx, group, ctx);
      requireGroupFree(tx, provider, group.autoScalingGroupName);
    }
    tx.capacityProviders.put(provider);
    return provider;
  },
  output: (provider) => ({ capacityProvider: presentProvider(provider, { tags: true }) }),
});

/** A group has one provider. */
function requireGroupFree(tx: RoadsteadTx, provider: CapacityProvider, groupName: string): void {
  for (const other of tx.capacityProviders.by('scope', scopeKey(provider))) {
    if (other.status === 'ACTIVE' && other.autoScalingGroupProvider?.autoScalingGroupName === groupName) {
      throw clientError(
        `The Auto Scaling group ${groupName} is already used by the capacity provider ${other.name}. Specify another group and try again.`,
      );
    }
  }
}
