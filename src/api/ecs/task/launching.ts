import { allocate } from '#capacity';
import type { Task, TaskDefinition, TaskSpec } from '#model';
import { failuresOf, type HostPool, type PlacementRequest, placeTasks } from '#scheduler';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../../operation.ts';
import type { Compute } from './compute.ts';
import { startTasksOn } from './launch.ts';

/** What RunTask answers: tasks that found room, and why others did not. */
export interface Launched {
  readonly tasks: readonly Task[];
  readonly failures: readonly { readonly arn?: string; readonly reason: string; readonly detail?: string }[];
}

/** So many equal tasks, of a provider when a strategy chose. */
interface Portion {
  readonly capacityProvider?: string;
  readonly count: number;
}

const noTasks: ReadonlyMap<string, number> = new Map();

/**
 * Places and stores `request.count` tasks, each on its provider's instances when there is a strategy. A provider
 * without room leaves its share to no other.
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
    const tasks = startTasksOn(tx, placement.placed, definition, spec, ctx);
    return { tasks, failures: tasks.length < portion.count ? failuresOf(placement, request) : [] };
  });
  return {
    tasks: launched.flatMap(({ tasks }) => tasks),
    failures: launched.flatMap(({ failures }) => failures),
  };
}

/** Fargate's two providers share the pool's hosts. */
function portionOf(request: PlacementRequest, { capacityProvider, count }: Portion): PlacementRequest {
  if (capacityProvider === undefined) return request;
  return { ...request, count, ...(request.launchType === 'FARGATE' ? {} : { capacityProvider }) };
}
