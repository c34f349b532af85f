import type { LaunchType, PlacementConstraint, PlacementStrategy } from '#model';
import { parseQuery, QuerySyntaxError } from '#scheduler';
import { invalidParameter } from '../errors.ts';
import { limits } from '../limits.ts';

type ConstraintInput = { readonly type?: string | undefined; readonly expression?: string | undefined };
type StrategyInput = { readonly type?: string | undefined; readonly field?: string | undefined };

/** Checks placement constraints: at most ten, `memberOf` with a valid expression, `distinctInstance` without one. */
export function checkedConstraints(input: readonly ConstraintInput[] | undefined): readonly PlacementConstraint[] {
  const constraints = input ?? [];
  if (constraints.length > limits.placementConstraints) {
    throw invalidParameter(`Maximum number of constraints is ${limits.placementConstraints}.`);
  }
  return constraints.map(({ type, expression }): PlacementConstraint => {
    if (type === 'distinctInstance') {
      if (expression !== undefined) throw invalidParameter('distinctInstance expression should not be specified.');
      return { type };
    }
    if (type !== 'memberOf')
      throw invalidParameter('Placement constraint type should be one of [distinctInstance,memberOf]');
    return { type, expression: checkedExpression(expression ?? '') };
  });
}

/** Checks an expression of the cluster query language. */
export function checkedExpression(expression: string): string {
  try {
    parseQuery(expression);
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error;
    throw invalidParameter(`Invalid expression: ${expression} (${error.message} at offset ${error.offset})`);
  }
  return expression;
}

/** Checks placement strategies: at most five, each with the field it needs. */
export function checkedStrategies(input: readonly StrategyInput[] | undefined): readonly PlacementStrategy[] {
  const strategies = input ?? [];
  if (strategies.length > limits.placementStrategies) {
    throw invalidParameter(`Maximum number of strategies is ${limits.placementStrategies}.`);
  }
  return strategies.map(({ type, field }): PlacementStrategy => {
    switch (type) {
      case 'random':
        if (field !== undefined && field !== '') throw invalidParameter('random field should not be specified.');
        return { type };
      case 'spread':
        if (field === undefined || !/^(instanceId|host|attribute:.+)$/.test(field)) {
          throw invalidParameter(`spread field '${field ?? ''}' is invalid`);
        }
        return { type, field };
      case 'binpack': {
        const resource = field?.toLowerCase();
        if (resource !== 'cpu' && resource !== 'memory') {
          throw invalidParameter(`binpack field '${field ?? ''}' is invalid`);
        }
        return { type, field: resource };
      }
      case undefined:
      default:
        throw invalidParameter('Placement strategy type should be one of [random,spread,binpack]');
    }
  });
}

/** Fargate chooses its hosts itself. */
export function refuseFargatePlacement(
  launchType: LaunchType,
  constraints: readonly PlacementConstraint[],
  strategies: readonly PlacementStrategy[],
): void {
  if (launchType !== 'FARGATE') return;
  if (constraints.length > 0)
    throw invalidParameter('Placement constraints are not supported with FARGATE launch type.');
  if (strategies.length > 0) throw invalidParameter('Placement strategies are not supported with FARGATE launch type.');
}
