import { ApiError } from '#wire/aws';

/**
 * Page tokens are opaque to callers: base64url of the list's kind, its last position and a checksum, so that a token
 * of another list, or one that was tampered with, is refused.
 */
export function encodePageToken(kind: string, position: string): string {
  const text = `${kind}\n${position}`;
  return Buffer.from(`${checksum(text)}\n${text}`).toString('base64url');
}

/** The position inside a token; InvalidParameterException `Invalid token.` when it is not one of `kind`. */
export function decodePageToken(kind: string, token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  const [sum, tokenKind, ...position] = text.split('\n');
  const claimed = `${tokenKind}\n${position.join('\n')}`;
  if (tokenKind !== kind || sum !== checksum(claimed)) {
    throw new ApiError('InvalidParameterException', 'Invalid token.');
  }
  return position.join('\n');
}

function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(36);
}
