import type { Compatibility } from '#model';
import { refusalOnLaunchType } from './rules/launch-types.ts';
import type { Subject } from './rules/rule.ts';

/** In the order ECS answers them. */
const compatibilityOrder: readonly Compatibility[] = ['EXTERNAL', 'EC2', 'FARGATE', 'MANAGED_INSTANCES'];

/** Every launch type the definition could run on, whatever it requires. */
export function compatibilitiesOf(subject: Subject): readonly Compatibility[] {
  return compatibilityOrder.filter((type) => refusalOnLaunchType(type, subject) === undefined);
}

/**
 * Why a definition is refused on a launch type it requires; `undefined` when it can run on all of them. One that
 * requires none must run on at least one, and is refused in EC2's words. Source: RegisterTaskDefinition,
 * requiresCompatibilities.
 */
export function compatibilityRefusal(subject: Subject): string | undefined {
  const required = subject.content.requiresCompatibilities ?? [];
  if (required.length === 0 && compatibilitiesOf(subject).length > 0) return undefined;
  for (const type of required.length === 0 ? (['EC2'] as const) : required) {
    const refusal = refusalOnLaunchType(type, subject);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
