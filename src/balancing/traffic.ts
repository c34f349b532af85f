import {
  type ListenerAction,
  type ListenerRule,
  type ReleaseStage,
  type ServiceRevisionArn,
  type WeightedTargetGroup,
} from '#model';
import type { RoadsteadView } from '#store';

type ForwardAction = Extract<ListenerAction, { readonly type: 'forward' }>;

/** A rule of a listener, and the action that a release wants it to have. */
export interface WantedRule {
  /** As the service names it: a rule, or a listener of a Network Load Balancer. */
  readonly reference: string;
  /** Absent: there is no such rule any longer. */
  readonly rule: ListenerRule | undefined;
  readonly action: ForwardAction;
}

/** Percent of the traffic, in numbers that a rule can have: whole, at most 999. */
export function wholeWeights(target: number): { readonly target: number; readonly source: number } {
  if (Number.isInteger(target)) return { target, source: 100 - target };
  const tenths = Math.round(target * 10);
  return { target: tenths, source: 1000 - tenths };
}

/** Percent of each kind of traffic that the target of a release is to have. */
export interface TargetWeights {
  readonly production: number;
  readonly test: number;
}

/**
 * What the rules of a release are to be: production, and test where the service has a rule for it. A rule forwards to
 * both target groups, so that both are checked.
 */
export function wantedRules(
  view: RoadsteadView,
  targetServiceRevisionArn: ServiceRevisionArn,
  weights: TargetWeights,
): readonly WantedRule[] {
  const target = view.serviceRevisions.find(targetServiceRevisionArn);
  return (target?.loadBalancers ?? []).flatMap(({ targetGroupArn, advancedConfiguration: advanced }, index) => {
    if (advanced === undefined) return [];
    const green = target?.resolvedLoadBalancers?.[index]?.targetGroupArn ?? targetGroupArn;
    const pair = [targetGroupArn, advanced.alternateTargetGroupArn] as const;
    const rules = [wantedRule(view, advanced.productionListenerRule, pair, { green, percent: weights.production })];
    if (advanced.testListenerRule !== undefined) {
      rules.push(wantedRule(view, advanced.testListenerRule, pair, { green, percent: weights.test }));
    }
    return rules;
  });
}

/** The weights of a release's stage. Without a source there is nobody to leave traffic to. */
export function targetWeights({ sourceId, weights }: Pick<ReleaseStage, 'sourceId' | 'weights'>): TargetWeights {
  return sourceId === undefined ? { production: 100, test: 100 } : weights;
}

function wantedRule(
  view: RoadsteadView,
  reference: string,
  pair: readonly [string, string],
  { green, percent }: { readonly green: string; readonly percent: number },
): WantedRule {
  const weights = wholeWeights(percent);
  const targetGroups = pair.map(
    (targetGroupArn): WeightedTargetGroup => ({
      targetGroupArn,
      weight: targetGroupArn === green ? weights.target : weights.source,
    }),
  );
  return { reference, rule: findRule(view, reference), action: { type: 'forward', targetGroups } };
}

/** The rule of an ARN; of a listener, its default rule. */
export function findRule(view: RoadsteadView, arn: string): ListenerRule | undefined {
  if (!arn.includes(':listener/')) return view.listenerRules.find(arn);
  for (const rule of view.listenerRules.by('listener', arn)) if (rule.priority === 'default') return rule;
  return undefined;
}

/** Whether a rule shares out its traffic as wanted; clients that stay with a group are nobody's concern. */
export function sharesAlike(rule: ListenerRule | undefined, { targetGroups }: ForwardAction): boolean {
  if (rule?.action.type !== 'forward') return false;
  const given = rule.action.targetGroups;
  const weight = (groups: readonly WeightedTargetGroup[], arn: string): number =>
    groups.find(({ targetGroupArn }) => targetGroupArn === arn)?.weight ?? 0;
  const total = (groups: readonly WeightedTargetGroup[]): number => groups.reduce((sum, each) => sum + each.weight, 0);
  if (given.length !== targetGroups.length) return false;
  return targetGroups.every(
    ({ targetGroupArn: arn }) =>
      given.some(({ targetGroupArn }) => targetGroupArn === arn) &&
      weight(given, arn) * total(targetGroups) === weight(targetGroups, arn) * total(given),
  );
}
