import type { Auditor } from '../audit/auditor.ts';
import type { OperationPlan } from '../plan/operations.ts';
import type { Entry } from '../plan/plan.ts';
import { Violation } from '../world/violation.ts';
import { type Client, isRefusal } from './client.ts';

export const fargateProviders = ['FARGATE', 'FARGATE_SPOT'];

interface Item {
  readonly capacityProvider: string;
  readonly weight: number;
  readonly base: number;
}

/** Tasks over two providers: no provider gets more than its part, and what is left of a division. */
export async function runByStrategy(
  operation: Extract<Entry<OperationPlan>, { readonly do: 'run-strategy' }>,
  user: Client,
  { promises }: Pick<Auditor, 'promises'>,
  subnets: readonly string[],
): Promise<string> {
  const { id, cluster, count, family, weights, base } = operation;
  const groups = operation.providers === 'groups';
  const names = groups ? await associate(cluster, user) : fargateProviders;
  const strategy = names.map(
    (capacityProvider, index): Item => ({
      capacityProvider,
      weight: weights[index] ?? 0,
      base: index === 0 ? base : 0,
    }),
  );
  promises.once(id, count);
  const { tasks } = await user.call('RunTask', {
    cluster,
    count,
    startedBy: id,
    clientToken: `token-${id}`,
    capacityProviderStrategy: strategy,
    ...(groups
      ? { taskDefinition: family, group: `${family} apart`, placementConstraints: [{ type: 'distinctInstance' }] }
      : { taskDefinition: 'job-spot', networkConfiguration: { awsvpcConfiguration: { subnets } } }),
  });
  for (const { taskArn } of tasks) promises.acknowledged('tasks', taskArn);
  const chosen = tasks.map(({ capacityProviderName }: { capacityProviderName?: string }) => capacityProviderName);
  checkShares(strategy, count, chosen);
  return `${tasks.length} tasks: ${chosen.join(' ')}`;
}

function checkShares(strategy: readonly Item[], count: number, chosen: readonly (string | undefined)[]): void {
  const weights = strategy.reduce((sum, { weight }) => sum + weight, 0);
  const base = strategy.reduce((sum, item) => sum + item.base, 0);
  for (const item of strategy) {
    const due = Math.min(item.base, count) + (Math.max(0, count - base) * item.weight) / weights;
    const got = chosen.filter((name) => name === item.capacityProvider).length;
    if (got < due + 1) continue;
    const message = `${got} of ${count} tasks went to ${item.capacityProvider}, which is due ${due}`;
    throw new Violation('a strategy shares tasks out', message, [item.capacityProvider]);
  }
}

/** Providers for the cluster's two groups of machines, of which the first is scaled; they may be there already. */
async function associate(cluster: string, user: Client): Promise<string[]> {
  const names = [`${cluster}-a`, `${cluster}-b`];
  for (const [index, name] of names.entries()) {
    const managedScaling = { status: index === 0 ? 'ENABLED' : 'DISABLED' };
    const autoScalingGroupProvider = { autoScalingGroupArn: name, managedScaling };
    await user.call('CreateCapacityProvider', { name, autoScalingGroupProvider }).catch((error: unknown) => {
      if (!isRefusal(error) || !error.message.includes('already exists')) throw error;
    });
  }
  await user.call('PutClusterCapacityProviders', {
    cluster,
    capacityProviders: [...fargateProviders, ...names],
    defaultCapacityProviderStrategy: [],
  });
  return names;
}

/** A Fargate Spot task is taken away. */
export async function interruptSpot(
  { pick }: Extract<OperationPlan, { readonly do: 'interrupt-spot' }>,
  user: Client,
  { replica }: Pick<Auditor, 'replica'>,
): Promise<string> {
  const tasks = [...replica.table('tasks').values()].filter(
    ({ capacityProviderName, desiredStatus }) => capacityProviderName === 'FARGATE_SPOT' && desiredStatus === 'RUNNING',
  );
  const task = tasks[pick % Math.max(1, tasks.length)];
  if (task === undefined) return 'there is no task on Fargate Spot';
  await user.call('roadstead:InterruptSpot', { target: task.taskArn });
  return `${task.taskArn} is interrupted`;
}
