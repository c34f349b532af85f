import { assert } from '#base';
import { attributeValue } from '#model';
import { maxPatternSteps } from '../limits.ts';
import type { HostView } from '../types.ts';
import { parseDateTime } from './date-time.ts';
import type { Condition, Expression, Operator } from './expression.ts';
import { compilePattern } from './pattern.ts';
import { compareVersions, parseVersion } from './version.ts';

/** The part of a host that expressions ask about. */
export type QueryHost = Pick<
  HostView,
  | 'agentConnected'
  | 'agentVersion'
  | 'ec2InstanceId'
  | 'registeredAt'
  | 'attributes'
  | 'runningTasksCount'
  | 'tasksByGroup'
>;

export type Predicate = (host: QueryHost) => boolean;

/** An expression as a function. Its literals were checked when it was parsed. */
export function predicateOf(expression: Expression): Predicate {
  if (expression.type === 'condition') return conditionPredicate(expression);
  if (expression.type === 'not') {
    const term = predicateOf(expression.term);
    return (host) => !term(host);
  }
  const terms = expression.terms.map(predicateOf);
  return expression.type === 'and'
    ? (host) => terms.every((term) => term(host))
    : (host) => terms.some((term) => term(host));
}

function conditionPredicate(condition: Condition): Predicate {
  const { subject, operator, values } = condition;
  const [value = ''] = values;
  switch (subject) {
    case 'agentConnected':
      return textPredicate(condition, (host) => String(host.agentConnected));
    case 'ec2InstanceId':
      return textPredicate(condition, (host) => host.ec2InstanceId);
    case 'agentVersion':
      return orderPredicate(operator, value, (host) => host.agentVersion, versionOrder);
    case 'registeredAt':
      return numberPredicate(operator, parseDateTime(value) ?? 0, (host) => Math.floor(host.registeredAt));
    case 'runningTasksCount':
      return numberPredicate(operator, Number(value), (host) => host.runningTasksCount);
    case 'task:group':
      return groupPredicate(condition);
    default:
      return attributePredicate(condition, subject.slice('attribute:'.length));
  }
}

/**
 * A condition on text, where there may be none: every positive operator is then false and every negated one true, so
 * that `attribute:stack != prod` holds for an instance without the attribute.
 */
function textPredicate(condition: Condition, textOf: (host: QueryHost) => string | undefined): Predicate {
  const accepts = textTest(condition);
  const negated = isNegated(condition.operator);
  return (host) => {
    const text = textOf(host);
    return (text !== undefined && accepts(text)) !== negated;
  };
}

/** True when **any** task on the instance is of such a group; negated, when none is. */
function groupPredicate(condition: Condition): Predicate {
  const accepts = textTest(condition);
  const negated = isNegated(condition.operator);
  return (host) => {
    for (const [group, count] of host.tasksByGroup) {
      if (count > 0 && accepts(group)) return !negated;
    }
    return negated;
  };
}

function attributePredicate(condition: Condition, name: string): Predicate {
  const { operator, values } = condition;
  if (operator === 'exists') return (host) => attributeValue(host, name) !== undefined;
  if (operator === '!exists') return (host) => attributeValue(host, name) === undefined;
  const isOrder = operator.startsWith('>') || operator.startsWith('<');
  if (!isOrder) return textPredicate(condition, (host) => attributeValue(host, name));
  return orderPredicate(operator, values[0] ?? '', (host) => attributeValue(host, name), naturalOrder);
}

/** The test of the positive form of the operator. */
function textTest({ operator, values }: Condition): (text: string) => boolean {
  if (operator === '=~' || operator === '!~') {
    const pattern = compilePattern(values[0] ?? '', { steps: maxPatternSteps });
    return (text) => pattern.matches(text);
  }
  const accepted = new Set(values);
  return (text) => accepted.has(text);
}

function isNegated(operator: Operator): boolean {
  return operator === '!=' || operator === '!in' || operator === '!~';
}

type Order = (left: string, right: string) => number | undefined;

/** A comparison of things that may have no order between them: then only `!=` holds. */
function orderPredicate(
  operator: Operator,
  value: string,
  textOf: (host: QueryHost) => string | undefined,
  order: Order,
): Predicate {
  const test = differenceTest(operator);
  return (host) => {
    const text = textOf(host);
    const difference = text === undefined ? undefined : order(text, value);
    return difference === undefined ? operator === '!=' : test(difference);
  };
}

function numberPredicate(operator: Operator, value: number, numberOf: (host: QueryHost) => number): Predicate {
  const test = differenceTest(operator);
  return (host) => test(numberOf(host) - value);
}

/** What the ordering operators ask of the difference between the host's value and the given one. */
const differenceTests: ReadonlyMap<Operator, (difference: number) => boolean> = new Map([
  ['==', (difference) => difference === 0],
  ['!=', (difference) => difference !== 0],
  ['>', (difference) => difference > 0],
  ['>=', (difference) => difference >= 0],
  ['<', (difference) => difference < 0],
  ['<=', (difference) => difference <= 0],
]);

function differenceTest(operator: Operator): (difference: number) => boolean {
  const test = differenceTests.get(operator);
  assert(test !== undefined, `${operator} is no ordering operator`);
  return test;
}

function versionOrder(left: string, right: string): number | undefined {
  const leftVersion = parseVersion(left);
  const rightVersion = parseVersion(right);
  if (leftVersion === undefined || rightVersion === undefined) return undefined;
  return compareVersions(leftVersion, rightVersion);
}

/** Two numbers, two dates or two versions are in order; other text is not. */
function naturalOrder(left: string, right: string): number | undefined {
  const isNumber = /^-?\d+(?:\.\d+)?$/;
  if (isNumber.test(left) && isNumber.test(right)) return Number(left) - Number(right);
  const leftDate = parseDateTime(left);
  const rightDate = parseDateTime(right);
  if (leftDate !== undefined && rightDate !== undefined) return leftDate - rightDate;
  if (leftDate !== undefined || rightDate !== undefined) return undefined;
  return versionOrder(left, right);
}
