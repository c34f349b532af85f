import type { Cursor } from '#store';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { limits } from './limits.ts';

export interface PageRequest {
  readonly limit: number;
  readonly after: Cursor | undefined;
}

export function pageRequest(list: string, { nextToken }: { readonly nextToken?: string | undefined }): PageRequest {
  const after = nextToken === undefined || nextToken === '' ? undefined : Number(decodePageToken(list, nextToken));
  return { limit: limits.page, after };
}

export function nextTokenMember(list: string, next: Cursor | undefined): { nextToken?: string } {
  return next === undefined ? {} : { nextToken: encodePageToken(list, String(next)) };
}
