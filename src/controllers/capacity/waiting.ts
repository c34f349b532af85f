import { afterMs, earliest, type Instant, type Random } from '#base';
import type { ContainerInstanceArn, Task } from '#model';
import { type HostPool, type PlacementRequest, placementReason, placeTasks } from '#scheduler';

/** Tasks that wait for an instance of one capacity provider. Those of one kind ask the same of it. */
export interface WaitingView {
  readonly kinds: readonly string[];
  /** Of one kind, oldest first; read only as far as it is asked for. */
  tasksOf(kind: string): Iterable<Task>;
  requestOf(task: Task, count: number): PlacementRequest;
  readonly hosts: HostPool;
}

/** Kinds that found no room, each with the reason. */
export type Blocked = ReadonlyMap<string, string>;

/** What became of the oldest tasks that may still find room. To be stored before the next is asked for. */
export interface Placement {
  readonly kind: string;
  readonly placed: readonly {
    readonly task: Task;
    readonly hostArn: ContainerInstanceArn;
    readonly availabilityZone: string | undefined;
    readonly gpuIds: readonly string[] | undefined;
  }[];
  /** Why the next of the kind found no room; absent when all that were tried did. */
  readonly refusal?: string;
}

/**
 * Places the oldest tasks of a kind that is not blocked, as many as are older than every other kind's, at most `limit`.
 * `undefined` when there is no such kind.
 */
export function placeOldest(
  view: WaitingView,
  blocked: Blocked,
  options: { readonly limit: number; readonly random: Random },
): Placement | undefined {
  const heads = view.kinds.flatMap((kind) => {
    const head = blocked.has(kind) ? undefined : headOf(view, kind);
    return head === undefined ? [] : [{ kind, head }];
  });
  const oldest = heads.reduce<(typeof heads)[number] | undefined>(
    (first, each) => (first === undefined || each.head.createdAt < first.head.createdAt ? each : first),
    undefined,
  );
  if (oldest === undefined) return undefined;
  const { kind } = oldest;
  const next = heads.filter((each) => each !== oldest).map(({ head }) => head.createdAt);
  const turn = takeWhile(view.tasksOf(kind), options.limit, (task) => next.every((at) => task.createdAt <= at));
  const request = view.requestOf(oldest.head, turn.length);
  const result = placeTasks(view.hosts, request, options.random);
  const placed = result.placed.flatMap((hostArn, index) => {
    const task = turn[index];
    const zone = view.hosts.find(hostArn)?.availabilityZone ?? '';
    const gpuIds = result.gpuIds[index];
    return task === undefined ? [] : [{ task, hostArn, availabilityZone: zone === '' ? undefined : zone, gpuIds }];
  });
  if (placed.length === turn.length) return { kind, placed };
  return { kind, placed, refusal: placementReason(result, request) };
}

/** Tasks without room that have waited for too long, with what to say of them. */
export function overdueTasks(
  view: WaitingView,
  blocked: Blocked,
  options: { readonly now: Instant; readonly waitMs: number; readonly limit: number },
): readonly { readonly task: Task; readonly reason: string }[] {
  const isOverdue = (task: Task): boolean => afterMs(task.createdAt, options.waitMs) <= options.now;
  return [...blocked]
    .flatMap(([kind, reason]) =>
      takeWhile(view.tasksOf(kind), options.limit, isOverdue).map((task) => ({
        task,
        reason: `TaskFailedToStart: ${reason}`,
      })),
    )
    .slice(0, options.limit);
}

/** When the next task has waited for too long. */
export function nextDeadline(view: WaitingView, waitMs: number): Instant | undefined {
  return earliest(
    ...view.kinds.map((kind) => {
      const head = headOf(view, kind);
      return head === undefined ? undefined : afterMs(head.createdAt, waitMs);
    }),
  );
}

function headOf(view: WaitingView, kind: string): Task | undefined {
  for (const task of view.tasksOf(kind)) return task;
  return undefined;
}

function takeWhile(tasks: Iterable<Task>, limit: number, holds: (task: Task) => boolean): readonly Task[] {
  const taken: Task[] = [];
  for (const task of tasks) {
    if (taken.length >= limit || !holds(task)) break;
    taken.push(task);
  }
  return taken;
}
