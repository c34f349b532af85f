import type { ListenerRule } from '#model';
import { presentAction } from './actions.ts';
import { presentCondition } from './conditions.ts';
import { notHere, validationError } from './errors.ts';
import { limits } from './limits.ts';

export function checkedPriority(priority: number | undefined): number {
  if (priority === undefined) throw validationError('A priority must be specified');
  if (priority >= 1 && priority <= limits.highestPriority) return priority;
  throw validationError(`Priority '${priority}' must be between '1' and '${limits.highestPriority}' inclusive`);
}

/** No request is rewritten here. */
export function refuseTransforms(transforms: readonly unknown[] | undefined): void {
  if (transforms !== undefined && transforms.length > 0) throw notHere('A transform');
}

/** As the API shows it. */
export function presentRule(rule: ListenerRule, protocol: string) {
  return {
    RuleArn: rule.ruleArn,
    Priority: String(rule.priority),
    Conditions: rule.conditions.map(presentCondition),
    Actions: [presentAction(rule.action, protocol)],
    IsDefault: rule.priority === 'default',
  };
}
