import { afterMs, type Instant } from '#base';
import {
  type ContainerInstanceArn,
  deregistrationDelaySeconds,
  type HostTargetReport,
  type Target,
  type TargetGroup,
  targetKey,
} from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { placeOf } from './address.ts';
import { currentReports, healthOf, sameHealth } from './health.ts';
import { type GroupUsage, usageOf } from './usage.ts';

/** What is registered: an address or an instance, with a port. */
export type NewTarget = Pick<Target, 'id' | 'port' | 'availabilityZone' | 'taskArn' | 'serviceArn'>;

/** Registers a target, also one that drains; gives false when it is registered already by the same. */
export function registerTarget(tx: RoadsteadTx, group: TargetGroup, wanted: NewTarget, now: Instant): boolean {
  const { targetGroupArn, accountId, region } = group;
  const before = tx.targets.find(targetKey({ targetGroupArn, ...wanted }));
  const stays = before?.drainsUntil === undefined && before?.taskArn === wanted.taskArn;
  if (before !== undefined && stays) return false;
  const target: Omit<Target, 'health'> = {
    accountId,
    region,
    targetGroupArn,
    ...wanted,
    registeredAt: now,
    reports: {},
  };
  const health = healthOf(target, usageOf(tx, targetGroupArn), placeOf(tx, group, target));
  tx.targets.put({ ...target, health });
  return true;
}

/**
 * Deregisters a target: it drains for the group's delay; of a group that nobody uses it is gone at once. `undefined` when
 * it drains already, else when it will be gone.
 */
export function deregisterTarget(tx: RoadsteadTx, target: Target, now: Instant): Instant | undefined {
  if (target.drainsUntil !== undefined) return undefined;
  const group = tx.targetGroups.find(target.targetGroupArn);
  const delayMs = group === undefined ? 0 : deregistrationDelaySeconds(group) * 1000;
  const usage = usageOf(tx, target.targetGroupArn);
  if (!usage.used || delayMs === 0) {
    tx.targets.delete(targetKey(target));
    return now;
  }
  const drainsUntil = afterMs(now, delayMs);
  const after = { ...target, drainsUntil };
  tx.targets.put({ ...after, health: healthOf(after, usage, { exists: true }) });
  return drainsUntil;
}

/** Makes of a target's health what follows from everything now; gives the very same record when nothing changes. */
export function settledTarget(view: RoadsteadView, group: TargetGroup, target: Target, usage: GroupUsage): Target {
  const reports = currentReports(target.reports, usage.hosts);
  const health = healthOf({ ...target, reports }, usage, placeOf(view, group, target));
  if (reports === target.reports && sameHealth(health, target.health)) return target;
  return { ...target, reports, health: sameHealth(health, target.health) ? target.health : health };
}

/** What the checks of a host say of a target. */
export interface TargetReport extends HostTargetReport {
  readonly targetGroupArn: string;
  readonly id: string;
  readonly port: number;
}

/** Takes what a host reports into its targets; those that are gone are passed over. */
export function applyTargetReports(
  tx: RoadsteadTx,
  hostArn: ContainerInstanceArn,
  reports: readonly TargetReport[],
): void {
  const usages = new Map<string, GroupUsage>();
  for (const { targetGroupArn, id, port, state, reason, description } of reports) {
    const target = tx.targets.find(targetKey({ targetGroupArn, id, port }));
    const group = tx.targetGroups.find(targetGroupArn);
    if (target === undefined || group === undefined) continue;
    const usage = usages.get(targetGroupArn) ?? usageOf(tx, targetGroupArn);
    usages.set(targetGroupArn, usage);
    const said: HostTargetReport = {
      state,
      ...(reason === undefined ? {} : { reason }),
      ...(description === undefined ? {} : { description }),
    };
    const heard = target.reports[hostArn];
    const news =
      heard === undefined || heard.state !== state || heard.reason !== reason || heard.description !== description;
    if (!news) continue;
    tx.targets.put(settledTarget(tx, group, { ...target, reports: { ...target.reports, [hostArn]: said } }, usage));
  }
}
