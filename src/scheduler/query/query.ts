import { maxExpressionLength } from '../limits.ts';
import { type Predicate, predicateOf, type QueryHost } from './evaluate.ts';
import { dependsOnTasks, type Expression } from './expression.ts';
import { parseExpression } from './parser.ts';
import { QuerySyntaxError } from './syntax-error.ts';

/** A parsed expression of the cluster query language, ready to be asked of hosts. */
export interface Query {
  readonly expression: Expression;
  readonly accepts: Predicate;
  /** Whether placing a task on a host may change the answer for that host. */
  readonly dependsOnTasks: boolean;
}

/**
 * Parses what `memberOf` constraints and the filter of ListContainerInstances hold. Throws QuerySyntaxError.
 * Source: "Create expressions to define container instances for Amazon ECS tasks" in the ECS developer guide.
 */
export function parseQuery(text: string): Query {
  if (text.length > maxExpressionLength) {
    throw new QuerySyntaxError(`an expression has at most ${maxExpressionLength} characters`, maxExpressionLength);
  }
  const expression = parseExpression(text);
  return { expression, accepts: predicateOf(expression), dependsOnTasks: dependsOnTasks(expression) };
}

/** How expressions are parsed: afresh, or from what a {@link QueryCache} keeps. */
export type ParseQuery = (text: string) => Query;

export function matches(query: Query, host: QueryHost): boolean {
  return query.accepts(host);
}

/** Parsed queries by their text; of more than `capacity`, the one parsed first is forgotten. */
export class QueryCache {
  readonly #capacity: number;
  readonly #queries = new Map<string, Query>();

  constructor(options: { readonly capacity: number }) {
    this.#capacity = options.capacity;
  }

  get size(): number {
    return this.#queries.size;
  }

  /** As {@link parseQuery}; what does not parse is not kept. */
  readonly parse: ParseQuery = (text) => {
    const known = this.#queries.get(text);
    if (known !== undefined) return known;
    const query = parseQuery(text);
    this.#queries.set(text, query);
    const oldest = this.#queries.keys().next();
    if (this.#queries.size > this.#capacity && oldest.done !== true) this.#queries.delete(oldest.value);
    return query;
  };
}
