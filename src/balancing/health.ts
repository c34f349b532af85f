import type { ContainerInstanceArn, HostTargetReport, Target, TargetHealth } from '#model';
import type { GroupUsage } from './usage.ts';

/** The sentences of DescribeTargetHealth. Source: TargetHealth in the API reference, observed. */
const notInUse = 'Target group is not configured to receive traffic from the load balancer';
const otherZone = 'Target is in an Availability Zone that is not enabled for the load balancer';

export const notRegistered: TargetHealth = {
  state: 'unused',
  reason: 'Target.NotRegistered',
  description: 'Target is not registered to the target group',
};

const draining: TargetHealth = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
};

const registering: TargetHealth = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
};

/** What is known of the place of a target. */
export interface TargetPlace {
  /** Absent: anywhere. */
  readonly availabilityZone?: string;
  /** False: an instance that is gone. */
  readonly exists: boolean;
}

/**
 * The health of a target: healthy when any host that carries a node says so, else unhealthy when any says that. Hosts
 * that carry none any longer are not asked. One that was not healthy so far is so only once every host with a node that
 * serves has looked: who replaces targets goes by this, and a node that has not looked yet sends it nothing.
 */
export function healthOf(
  target: Pick<Target, 'reports' | 'drainsUntil'> & Partial<Pick<Target, 'health'>>,
  usage: GroupUsage,
  place: TargetPlace,
): TargetHealth {
  if (target.drainsUntil !== undefined) return draining;
  if (!usage.used) return { state: 'unused', reason: 'Target.NotInUse', description: notInUse };
  if (!place.exists) {
    return { state: 'unused', reason: 'Target.InvalidState', description: 'Target is in the terminated state' };
  }
  if (!isInZone(place, usage)) {
    return { state: 'unused', reason: 'Target.NotInUse', description: otherZone };
  }
  return reported(target.reports, usage, target.health?.state === 'healthy');
}

/** Whether the load balancer is in the zone of the target. */
export function isInZone({ availabilityZone: zone }: TargetPlace, usage: GroupUsage): boolean {
  return zone === undefined || zone === 'all' || usage.zones.has(zone);
}

function reported(reports: Target['reports'], { hosts, serving }: GroupUsage, wasHealthy: boolean): TargetHealth {
  const heard = Object.entries(reports)
    .filter(([host]) => hosts.has(host as ContainerInstanceArn))
    .map(([, report]) => report);
  const of = (state: HostTargetReport['state']): HostTargetReport | undefined =>
    heard.find((report) => report.state === state);
  const looked = (host: ContainerInstanceArn): boolean => (reports[host]?.state ?? 'initial') !== 'initial';
  if (of('healthy') !== undefined) {
    return wasHealthy || [...serving].every(looked) ? { state: 'healthy' } : (of('initial') ?? registering);
  }
  return of('unhealthy') ?? of('initial') ?? registering;
}

/** The reports that still count: those of hosts that carry a node. The very same object when all do. */
export function currentReports(
  reports: Target['reports'],
  hosts: ReadonlySet<ContainerInstanceArn>,
): Target['reports'] {
  const entries = Object.entries(reports);
  const kept = entries.filter(([host]) => hosts.has(host as ContainerInstanceArn));
  return kept.length === entries.length ? reports : Object.fromEntries(kept);
}

export function sameHealth(a: TargetHealth, b: TargetHealth): boolean {
  return a.state === b.state && a.reason === b.reason && a.description === b.description;
}
