import { messageOf } from '#base';
import { matches, type Query } from '../query/query.ts';
import { QuerySyntaxError } from '../query/syntax-error.ts';
import type { Filter } from './filter.ts';

/** A filter, and whether placing a task on a host may change what it says of that host. */
export interface MemberOf {
  readonly filter: Filter;
  readonly dependsOnTasks: boolean;
}

/**
 * One `memberOf` constraint. The API lets no invalid expression in; should one be stored all the same, no host
 * satisfies it, and the refusal says so, rather than that it stops the loop that places.
 */
export function memberOf(expression: string, parse: (text: string) => Query): MemberOf {
  const reason = 'MemberOf placement constraint unsatisfied';
  const query = parsed(expression, parse);
  if (query instanceof QuerySyntaxError) {
    const refusal = { reason, detail: `the expression ${expression} is invalid: ${messageOf(query)}` } as const;
    return { filter: () => refusal, dependsOnTasks: false };
  }
  const refusal = { reason, detail: `the expression ${expression} is false` } as const;
  return { filter: (host) => (matches(query, host) ? undefined : refusal), dependsOnTasks: query.dependsOnTasks };
}

function parsed(expression: string, parse: (text: string) => Query): Query | QuerySyntaxError {
  try {
    return parse(expression);
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error;
    throw error;
  }
}
