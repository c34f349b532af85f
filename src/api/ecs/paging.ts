import type { Cursor } from '#store';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { invalidParameter } from './errors.ts';

export interface PageRequest {
  readonly limit: number;
  readonly after?: Cursor;
}

/** Checks `maxResults` and `nextToken` of one list. */
export function pageRequest(
  kind: string,
  size: { readonly default: number; readonly max: number },
  input: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined },
): PageRequest {
  const limit = checkedPageSize(size, input.maxResults);
  if (input.nextToken === undefined || input.nextToken === '') return { limit };
  const after = Number(decodePageToken(kind, input.nextToken));
  if (!Number.isSafeInteger(after)) throw invalidParameter('Invalid token.');
  return { limit, after };
}

/** How many a page holds: the default, or what was asked for within the bounds. */
export function checkedPageSize(
  size: { readonly default: number; readonly max: number },
  maxResults: number | undefined,
): number {
  const limit = maxResults ?? size.default;
  if (Number.isInteger(limit) && limit >= 1 && limit <= size.max) return limit;
  throw invalidParameter(`maxResults should be between 1 and ${size.max}`);
}

/** The `nextToken` member of an answer: absent on the last page. */
export function nextTokenMember(kind: string, next: Cursor | undefined): { nextToken?: string } {
  return next === undefined ? {} : { nextToken: encodePageToken(kind, String(next)) };
}
