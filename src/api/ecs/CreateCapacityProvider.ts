import { type CapacityProvider, capacityProviderArn, type Scope, scopeKey } from '#model';
import type { RoadsteadTx } from '#store';
import { operation } from '../operation.ts';
import { checkManagedInstances, noManagedInstances } from './capacity-provider/managed-instances.ts';
import { presentProvider } from './capacity-provider/present.ts';
import { checkedGroupProvider, checkedProviderName, requireGroup } from './capacity-provider/rules.ts';
import { resolveCluster } from './cluster/resolve.ts';
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
  command: (input, ctx) => {
    const name = checkedProviderName(input.name);
    const tags = checkedTags(input.tags);
    const { autoScalingGroupProvider: group, managedInstancesProvider: managed, cluster = '' } = input;
    if ((group === undefined) === (managed === undefined)) {
      throw clientError('Specify exactly one of autoScalingGroupProvider and managedInstancesProvider and try again.');
    }
    if (managed !== undefined) {
      if (cluster === '') throw invalidParameter('cluster is required when managedInstancesProvider is specified.');
      checkManagedInstances(managed);
    }
    return {
      name,
      tags,
      managedIn: managed === undefined ? undefined : cluster,
      group: group === undefined ? undefined : checkedGroupProvider(ctx.scope, group),
    };
  },
  apply: (tx, { name, tags, managedIn, group }, ctx) => {
    const arn = capacityProviderArn(ctx.scope, name);
    if (tx.capacityProviders.find(arn)?.status === 'ACTIVE') {
      throw clientError(
        'A capacity provider with the specified name already exists. Specify a unique name and try again.',
      );
    }
    if (managedIn !== undefined) resolveCluster(tx, ctx.scope, managedIn);
    if (group === undefined) throw noManagedInstances();
    requireGroup(tx, group, ctx);
    requireGroupFree(tx, ctx.scope, group.autoScalingGroupName);
    const provider: CapacityProvider = {
      ...ctx.scope,
      capacityProviderArn: arn,
      name,
      type: 'EC2_AUTOSCALING',
      status: 'ACTIVE',
      autoScalingGroupProvider: group,
      tags,
    };
    tx.capacityProviders.put(provider);
    return provider;
  },
  output: (provider) => ({ capacityProvider: presentProvider(provider, { tags: true }) }),
});

/** A group has one provider. */
function requireGroupFree(tx: RoadsteadTx, scope: Scope, groupName: string): void {
  for (const other of tx.capacityProviders.by('scope', scopeKey(scope))) {
    if (other.status === 'ACTIVE' && other.autoScalingGroupProvider?.autoScalingGroupName === groupName) {
      throw clientError(
        `The Auto Scaling group ${groupName} is already used by the capacity provider ${other.name}. Specify another group and try again.`,
      );
    }
  }
}
