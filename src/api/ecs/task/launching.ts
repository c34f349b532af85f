import { allocate, maxProvisioningTasks, scalesGroup } from '#capacity';
import { newTask, type Task, type TaskDefinition, type TaskSpec } from '#model';
import { failuresOf, type HostPool, type PlacementRequest, placeTasks } from '#scheduler';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../../operation.ts';
import { clientError } from '../errors.ts';
import type { Compute } from './compute.ts';
import type { Launched } from './idempotency.ts';
import { startTasksOn } from './launch.ts';

/** So many equal tasks, of a provider when a strategy chose. */
interface Portion {
  readonly capacityProvider?: string;
  readonly count: number;
}

const noTasks: ReadonlyMap<string, number> = new Map();

/**
 * Places and stores `request.count` tasks, each on its provider's instances when there is a strategy. A provider
 * without room leaves its share to no other; of one that scales its group, tasks
 * without room wait for an instance.
 */
export function launchTasks(
  tx: RoadsteadTx,
  wanted: {
    readonly hosts: HostPool;
    readonly compute: Compute;
    readonly definition: TaskDefinition;
    readonly spec: TaskSpec;
    readonly request: PlacementRequest;
  },
  ctx: OperationContext,
): Launched {
  const { hosts, compute, definition } = wanted;
  const { count } = wanted.request;
  const portions: readonly Portion[] =
    compute.strategy === undefined ? [{ count }] : allocate(compute.strategy, noTasks, count);
  const launched = portions.map((portion): Launched => {
    const request = portionOf(wanted.request, portion);
    const { capacityProvider } = portion;
    const spec =
      capacityProvider === undefined ? wanted.spec : { ...wanted.spec, capacityProviderName: capacityProvider };
    const placement = placeTasks(hosts, request, ctx.ids.random);
    const tasks = startTasksOn(tx, placement, definition, spec, ctx);
    const missing = portion.count - tasks.length;
    if (missing === 0) return { tasks, failures: [] };
    if (!waitsForRoom(tx, spec)) return { tasks, failures: failuresOf(placement, request) };
    return { tasks: [...tasks, ...startWaiting(tx, missing, { definition, spec, request }, ctx)], failures: [] };
  });
  return {
    tasks: launched.flatMap(({ tasks }) => tasks),
    failures: launched.flatMap(({ failures }) => failures),
  };
}

function waitsForRoom(tx: RoadsteadTx, { clusterArn, capacityProviderName }: TaskSpec): boolean {
  return capacityProviderName !== undefined && scalesGroup(tx, tx.clusters.get(clusterArn), capacityProviderName);
}

/** Tasks without a host, which the capacity loop places. ClientException when too many of the cluster wait already. */
function startWaiting(
  tx: RoadsteadTx,
  count: number,
  like: { readonly definition: TaskDefinition; readonly spec: TaskSpec; readonly request: PlacementRequest },
  ctx: OperationContext,
): readonly Task[] {
  if (ctx.totals.waiting.countOf(like.spec.clusterArn) + count > maxProvisioningTasks) {
    throw clientError('Tasks provisioning capacity limit exceeded.');
  }
  return Array.from({ length: count }, () => {
    const made = newTask(like.definition, like.spec, ctx.now, ctx.ids);
    const task = { ...made, placementStrategy: like.request.strategies };
    tx.tasks.put(task);
    return task;
  });
}

/** Fargate's two providers share the pool's hosts. */
function portionOf(request: PlacementRequest, { capacityProvider, count }: Portion): PlacementRequest {
  if (capacityProvider === undefined) return request;
  return { ...request, count, ...(request.launchType === 'FARGATE' ? {} : { capacityProvider }) };
}
