import { unreachable } from '#base';
import type { TargetDocument, TargetGroupDocument, TargetHealthReport } from '#wire/link';

/** What one check found. */
export type Outcome =
  | { readonly kind: 'passed' }
  /** An answer with a code, of HTTP or gRPC, that is not among the wanted. */
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'timeout' }
  /** Refused, cut off, or no answer of the protocol. */
  | { readonly kind: 'failed' };

/** What the checks say of a target so far. */
export interface Health {
  readonly state: TargetHealthReport['state'];
  readonly reason?: string;
  readonly description?: string;
  /** In a row, of the last kind. */
  readonly passed: number;
  readonly failed: number;
}

/** Source: "TargetHealth" in the API reference of Elastic Load Balancing. */
export const registered: Health = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
  passed: 0,
  failed: 0,
};

export type Thresholds = Pick<TargetGroupDocument['healthCheck'], 'healthyThreshold' | 'unhealthyThreshold'>;

/**
 * A new target is healthy with the first check that passes, and unhealthy only after as many failures as any; from then
 * on both ways take as many in a row as the group says.
 */
export function afterCheck(health: Health, outcome: Outcome, thresholds: Thresholds): Health {
  if (outcome.kind === 'passed') {
    const passed = health.passed + 1;
    const needed = health.state === 'initial' ? 1 : thresholds.healthyThreshold;
    if (health.state === 'healthy' || passed >= needed) return { state: 'healthy', passed, failed: 0 };
    return { ...health, passed, failed: 0 };
  }
  const failed = health.failed + 1;
  const counted = { passed: 0, failed };
  if (health.state === 'unhealthy' || failed >= thresholds.unhealthyThreshold) {
    return { state: 'unhealthy', ...explanation(outcome), ...counted };
  }
  if (health.state === 'healthy') return { state: 'healthy', ...counted };
  return {
    state: 'initial',
    reason: 'Elb.InitialHealthChecking',
    description: 'Initial health checks in progress',
    ...counted,
  };
}

function explanation(outcome: Exclude<Outcome, { kind: 'passed' }>): { reason: string; description: string } {
  switch (outcome.kind) {
    case 'code':
      return {
        reason: 'Target.ResponseCodeMismatch',
        description: `Health checks failed with these codes: [${outcome.code}]`,
      };
    case 'timeout':
      return { reason: 'Target.Timeout', description: 'Request timed out' };
    case 'failed':
      return { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
    default:
      return unreachable(outcome);
  }
}

/** Whether a code is among the wanted: `200,202` or `200-299`. */
export function matches(matcher: string, code: number): boolean {
  return matcher.split(',').some((part) => {
    const [from = '', to = from] = part.trim().split('-');
    return from !== '' && code >= Number(from) && code <= Number(to);
  });
}

/** One target of a group: what a report is of. */
export function targetKey({ id, port }: Pick<TargetDocument, 'id' | 'port'>): string {
  return `${id}:${port}`;
}

/**
 * The targets that get traffic: the healthy ones. Where there are too few of them everybody gets some who was ever
 * given a verdict, because half an answer is better than none; a new target still waits for its first.
 */
export function inService(
  group: TargetGroupDocument,
  healthOf: (target: TargetDocument) => Health,
): ReadonlySet<TargetDocument> {
  const open = group.targets.filter(({ draining }) => !draining);
  if (!group.healthCheck.enabled) return new Set(open);
  const healthy = open.filter((target) => healthOf(target).state === 'healthy');
  const judged = open.filter((target) => healthOf(target).state !== 'initial');
  return new Set(tooFew(group, healthy.length, open.length) ? judged : healthy);
}

function tooFew({ attributes }: TargetGroupDocument, healthy: number, all: number): boolean {
  const prefix = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets';
  const count = Number(attributes[`${prefix}.count`] ?? 1);
  const percentage = Number(attributes[`${prefix}.percentage`] ?? 0);
  const least = Number.isFinite(count) ? Math.max(1, count) : 1;
  return healthy < least || (Number.isFinite(percentage) && healthy * 100 < percentage * all);
}
