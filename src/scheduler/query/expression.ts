/** What a condition asks about. `attribute:` is followed by the attribute's name. */
export type Subject =
  | 'agentConnected'
  | 'agentVersion'
  | 'ec2InstanceId'
  | 'registeredAt'
  | 'runningTasksCount'
  | 'task:group'
  | `attribute:${string}`;

/** Operators in their short spelling. */
export type Operator = '==' | '!=' | '>' | '>=' | '<' | '<=' | 'exists' | '!exists' | 'in' | '!in' | '=~' | '!~';

export interface Condition {
  readonly type: 'condition';
  readonly subject: Subject;
  readonly operator: Operator;
  /** None for `exists` and `!exists`, at least one for `in` and `!in`, else exactly one. */
  readonly values: readonly string[];
}

/** A parsed expression. `and` and `or` hold two terms or more. */
export type Expression =
  | Condition
  | { readonly type: 'and' | 'or'; readonly terms: readonly Expression[] }
  | { readonly type: 'not'; readonly term: Expression };

/** The expression as text that parses to the same expression. */
export function printExpression(expression: Expression): string {
  if (expression.type === 'condition') return printCondition(expression);
  if (expression.type === 'not') return `not ${printTerm(expression.term)}`;
  return expression.terms.map(printTerm).join(` ${expression.type} `);
}

function printTerm(term: Expression): string {
  const text = printExpression(term);
  return term.type === 'and' || term.type === 'or' ? `(${text})` : text;
}

function printCondition({ subject, operator, values }: Condition): string {
  if (operator === 'exists' || operator === '!exists') return `${subject} ${operator}`;
  const literals = values.map(printLiteral);
  return `${subject} ${operator} ${operator === 'in' || operator === '!in' ? `[${literals.join(', ')}]` : literals[0]}`;
}

/** A literal holds at most one kind of quotation mark: none can be escaped. */
function printLiteral(value: string): string {
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

/** Whether the tasks on an instance bear on the outcome, so that each placement may change it. */
export function dependsOnTasks(expression: Expression): boolean {
  if (expression.type === 'not') return dependsOnTasks(expression.term);
  if (expression.type !== 'condition') return expression.terms.some(dependsOnTasks);
  return expression.subject === 'task:group' || expression.subject === 'runningTasksCount';
}
