import type { ListenerRule } from '#model';
import { presentAction } from './actions.ts';
import { presentCondition } from './conditions.ts';
import { validationError } from './errors.ts';
import { limits } from './limits.ts';
import { presentTransform } from './transforms.ts';

export function checkedPriority(priority: number | undefined): number {
  if (priority === undefined) throw validationError('A priority must be specified');
  if (priority >= 1 && priority <= limits.highestPriority) return priority;
  throw validationError(`Priority '${priority}' must be between '1' and '${limits.highestPriority}' inclusive`);
}

/** As the API shows it. */
export function presentRule(rule: ListenerRule, protocol: string) {
  return {
    RuleArn: rule.ruleArn,
    Priority: String(rule.priority),
    Conditions: rule.conditions.map(presentCondition),
    Actions: [presentAction(rule.action, protocol)],
    IsDefault: rule.priority === 'default',
    ...(rule.transforms === undefined ? {} : { Transforms: rule.transforms.map(presentTransform) }),
  };
}
