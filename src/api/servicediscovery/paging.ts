import { type Cursor } from '#store';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { limits } from './limits.ts';

interface PageInput {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

export interface PageRequest {
  readonly limit: number;
  readonly after: Cursor | undefined;
}

export function pageRequest(list: string, { NextToken, MaxResults }: PageInput): PageRequest {
  const after = NextToken === undefined || NextToken === '' ? undefined : Number(decodePageToken(list, NextToken));
  return { limit: MaxResults ?? limits.page, after };
}

export function nextTokenMember(list: string, next: Cursor | undefined): { NextToken?: string } {
  return next === undefined ? {} : { NextToken: encodePageToken(list, String(next)) };
}
