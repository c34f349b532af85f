import type { Plan } from './plan/plan.ts';

/** What was left out of a plan, and how many runs that took. */
export interface Shrunk {
  readonly plan: Plan;
  readonly runs: number;
}

/**
 * The smallest plan found that still fails: delta debugging over its faults, its operations and its hosts in turn,
 * until nothing more can go or the time is over. `fails` tells whether a plan fails in the same way.
 */
export async function shrink(
  plan: Plan,
  fails: (smaller: Plan) => Promise<boolean>,
  limit: { readonly failedAtMs: number; readonly isOver: () => boolean },
): Promise<Shrunk> {
  let best = plan;
  let runs = 0;
  const attempt = async (smaller: Plan): Promise<boolean> => {
    if (limit.isOver()) return false;
    runs++;
    if (!(await fails(smaller))) return false;
    best = smaller;
    return true;
  };
  // What was to come after the failure had no part in it.
  const early = <T extends { readonly atMs: number }>(list: readonly T[]): T[] =>
    list.filter(({ atMs }) => atMs <= limit.failedAtMs);
  await attempt({ ...plan, faults: early(plan.faults), operations: early(plan.operations) });
  for (let size = Number.POSITIVE_INFINITY; sizeOf(best) < size && !limit.isOver(); ) {
    size = sizeOf(best);
    await minimize(best.faults, (faults) => attempt({ ...best, faults }));
    await minimize(best.operations, (operations) => attempt({ ...best, operations }));
    await minimize(best.hosts, (hosts) => attempt({ ...best, hosts }));
  }
  return { plan: best, runs };
}

function sizeOf(plan: Plan): number {
  return plan.faults.length + plan.operations.length + plan.hosts.length;
}

/** Leaves out ever smaller pieces, as long as `keeps` says that the rest still does. */
async function minimize<T>(list: readonly T[], keeps: (rest: readonly T[]) => Promise<boolean>): Promise<void> {
  let kept = list;
  for (let pieces = 1; kept.length > 0; ) {
    const length = Math.ceil(kept.length / pieces);
    let less = false;
    for (let from = 0; from < kept.length; ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + length)];
      if (await keeps(rest)) {
        kept = rest;
        less = true;
      } else from += length;
    }
    if (length === 1 && !less) return;
    pieces = Math.min(Math.max(1, kept.length), less ? Math.max(pieces, 2) : pieces * 2);
  }
}
