import { sharesAlike } from '#balancing';
import type { ListenerAction, ListenerRule } from '#model';
import type { DeploymentView } from './view.ts';

/** The target groups of the tasks before and of the replacement, by ARN. */
export interface Pair {
  readonly blue: string;
  readonly green: string;
}

type Forward = Extract<ListenerAction, { readonly type: 'forward' }>;

/** The rules of the listeners that send traffic to one of the two groups, or both, and to no other. */
export function rulesBetween(
  view: DeploymentView,
  listenerArns: readonly string[],
  pair: Pair,
): readonly ListenerRule[] {
  return listenerArns.flatMap((arn) => view.rulesOf(arn).filter(({ action }) => isBetween(action, pair)));
}

function isBetween(action: ListenerAction, { blue, green }: Pair): boolean {
  if (action.type !== 'forward') return false;
  return action.targetGroups.every(({ targetGroupArn: arn }) => arn === blue || arn === green);
}

/** Whether a rule of the listener has the group, with whatever weight. */
export function isBehind(view: DeploymentView, listenerArn: string, pair: Pair, group: string): boolean {
  return rulesBetween(view, [listenerArn], pair).some(
    ({ action }) =>
      action.type === 'forward' && action.targetGroups.some(({ targetGroupArn }) => targetGroupArn === group),
  );
}

/**
 * The rules that are still to be changed so that green has so many percent. They forward to both groups, so that the
 * targets of both are checked; clients go on to stay with a group if they did.
 */
export function toChange(
  rules: readonly ListenerRule[],
  { blue, green }: Pair,
  percent: number,
): readonly ListenerRule[] {
  const targetGroups = [
    { targetGroupArn: blue, weight: 100 - percent },
    { targetGroupArn: green, weight: percent },
  ];
  const wanted: Forward = { type: 'forward', targetGroups };
  return rules
    .filter((rule) => !sharesAlike(rule, wanted))
    .map((rule) => {
      const sticky = rule.action.type === 'forward' ? rule.action.stickinessSeconds : undefined;
      return { ...rule, action: sticky === undefined ? wanted : { ...wanted, stickinessSeconds: sticky } };
    });
}
