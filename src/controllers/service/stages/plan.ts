import { type Deployment, lifecycleStages } from '#model';
import type { ReleaseFinish } from '../finish.ts';
import {
  type Counts,
  type OlderCounts,
  planRollout,
  type RolloutInput,
  type RolloutPlan,
  type Share,
} from '../rollout.ts';
import { isProven, type Release } from './follow.ts';

/** What an older deployment is to a release. `target`: that of a rollback. */
export type Role = 'source' | 'unproven source' | 'target' | 'other';

export function roleIn({ record, direction }: Release, deployment: Deployment): Role {
  if (direction === 'backward') return deployment.id === record.deploymentId ? 'target' : 'other';
  if (deployment.id !== record.stage.sourceId) return 'other';
  return isProven(deployment) ? 'source' : 'unproven source';
}

/** What a round makes of a release that is under way. */
export function releaseFinish({ record, overdue }: Release): ReleaseFinish {
  if (record.stage.lifecycleStage !== 'CLEAN_UP') return 'holds';
  return overdue ? 'overdue' : 'cleansUp';
}

/**
 * The tasks of a release: source and target each as if they had the service to themselves, others gone; in CLEAN_UP only
 * the newest stays. `roles` are of the input's older deployments, in their order.
 */
export function planRelease(input: RolloutInput, release: Release, roles: readonly Role[]): RolloutPlan {
  const { lifecycleStage } = release.record.stage;
  if (lifecycleStage === 'CLEAN_UP') return planCleanUp(input, release.overdue);
  const scaled = release.direction === 'backward' || hasReached(lifecycleStage, 'SCALE_UP');
  const alone = planRollout({ ...(scaled ? input : { ...input, desired: 0, lower: 0, upper: 0 }), older: [] });
  const shares = input.older.map((counts, index): Share => {
    const role = roles[index];
    if (role === 'source' || role === 'unproven source') return planSource(input, counts, role === 'source');
    return role === 'target' ? { start: 0, stop: none, asked: 0, held: 0 } : stopAll(counts);
  });
  return { ...alone, older: shares };
}

const none: Counts = { healthy: 0, starting: 0, unhealthy: 0, draining: 0 };

function hasReached(now: Release['record']['stage']['lifecycleStage'], stage: typeof now): boolean {
  return lifecycleStages.indexOf(now) >= lifecycleStages.indexOf(stage);
}

/** One that never worked keeps what it has; one that did is kept whole. */
function planSource(input: RolloutInput, counts: OlderCounts, launches: boolean): Share {
  const { desired, lower, upper } = input;
  const { primary } = planRollout({
    desired,
    lower,
    upper,
    primary: { ...counts, launches, unplaced: false },
    older: [],
  });
  return primary;
}

function stopAll({ held, ...counts }: OlderCounts): Share {
  const stop: Counts = {
    healthy: counts.healthy - held.healthy,
    starting: counts.starting - held.starting,
    unhealthy: counts.unhealthy,
    draining: counts.draining - held.draining,
  };
  return { start: 0, stop, asked: 0, held: held.healthy + held.starting + held.draining };
}

/** Those that go do not count towards the maximum: they never hold up what replaces them. */
function planCleanUp(input: RolloutInput, overdue: boolean): RolloutPlan {
  return planRollout({ ...input, lower: overdue ? 0 : input.lower, cleanUp: true, olderApart: true });
}
