import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { afterMs, type Instant, msFromInstant } from '#base';
import { type Scope, scopeKey } from '#model';
import { ApiError } from '#wire/aws';
import { canonicalText } from './canonical-text.ts';
import { limits } from './limits.ts';

/**
 * Page tokens. An operation writes a position (`encodePageToken`) and reads it back (`decodePageToken`); on its way out
 * every `nextToken` is sealed, and opened on its way in, so that a caller sees opaque text, and a token that was changed,
 * has expired, or was given by another operation, to another account, in another region or for other filters is refused.
 */

/** The position a list goes on from, as the operation `kind` wrote it. */
export function encodePageToken(kind: string, position: string): string {
  return `${kind}\n${position}`;
}

/** The position inside a token; InvalidParameterException `Invalid token.` when it is not one of `kind`. */
export function decodePageToken(kind: string, token: string): string {
  const [tokenKind, ...position] = token.split('\n');
  if (tokenKind !== kind) throw invalidToken();
  return position.join('\n');
}

/** What a sealed token holds for, beside its position. */
export interface PageCall {
  readonly operation: string;
  readonly scope: Scope;
  /** The request; its page members do not count, so that a page may have another size than the one before. */
  readonly input: object;
  readonly now: Instant;
  readonly key: KeyObject;
}

const macBytes = 16;
const pageMembers: ReadonlySet<string> = new Set([
  'nextToken',
  'maxResults',
  'limit',
  'NextToken',
  'MaxResults',
  'MaxItems',
]);

/** The token a caller gets: base64url of a message authentication code, when it expires, and the position. */
export function sealPageToken(position: string, call: PageCall): string {
  const content = `${msFromInstant(afterMs(call.now, limits.pageTokenMs)).toString(36)}\n${position}`;
  return Buffer.concat([macOf(content, call), Buffer.from(content)]).toString('base64url');
}

/** What is said of a token that this very list did not give. */
export interface InvalidToken {
  readonly code?: string;
  readonly message?: string;
}

/** The position in a token that this very list gave; an error for any other. */
export function openPageToken(token: string, call: PageCall, invalid: InvalidToken = {}): string {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= macBytes || bytes.toString('base64url') !== token) throw invalidToken(invalid);
  const content = bytes.subarray(macBytes).toString();
  if (!timingSafeEqual(bytes.subarray(0, macBytes), macOf(content, call))) throw invalidToken(invalid);
  const end = content.indexOf('\n');
  if (Number.parseInt(content.slice(0, end), 36) <= msFromInstant(call.now)) throw invalidToken(invalid);
  return content.slice(end + 1);
}

function macOf(content: string, { operation, scope, input, key }: PageCall): Buffer {
  const bound = `${operation}\n${scopeKey(scope)}\n${canonicalText(input, pageMembers)}\n${content}`;
  return createHmac('sha256', key).update(bound).digest().subarray(0, macBytes);
}

function invalidToken({ code = 'InvalidParameterException', message = 'Invalid token.' }: InvalidToken = {}): ApiError {
  return new ApiError(code, message);
}
