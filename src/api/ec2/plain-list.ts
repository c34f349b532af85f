import { decodePageToken, encodePageToken } from '../page-token.ts';

/** A page of a list that is in no table: its token is how many came before. */
export function pageOf<R>(
  kind: string,
  all: readonly R[],
  { MaxResults, NextToken }: PageRequest,
): { readonly records: readonly R[]; readonly page: { readonly NextToken?: string } } {
  const start = NextToken === undefined || NextToken === '' ? 0 : Number(decodePageToken(kind, NextToken));
  const end = MaxResults === undefined ? all.length : start + MaxResults;
  return {
    records: all.slice(start, end),
    page: end < all.length ? { NextToken: encodePageToken(kind, String(end)) } : {},
  };
}

interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}
