import { createHash } from 'node:crypto';
import type { TargetDocument } from '#wire/link';

/** Names in the configuration are made of ARNs: the same in every run, and no text of a user's. */
function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A group's servers, as HTTP or as bare connections. */
export function backendName(targetGroupArn: string, mode: 'http' | 'tcp'): string {
  return `${mode === 'http' ? 'tg' : 'tt'}_${short(targetGroupArn)}`;
}

export function frontendName(listenerArn: string): string {
  return `li_${short(listenerArn)}`;
}

export function certificateFile(certificateArn: string): string {
  return `${short(certificateArn)}.pem`;
}

/** The value of a cookie that keeps a client at a group. */
export function groupToken(targetGroupArn: string): string {
  return createHash('sha256').update(`group ${targetGroupArn}`).digest('hex').slice(0, 32);
}

/** What a group's cookies of single targets are computed with. */
export function cookieKey(targetGroupArn: string): string {
  return short(`cookie ${targetGroupArn}`);
}

export function serverName({ address, port }: Pick<TargetDocument, 'address' | 'port'>): string {
  return `${address}_${port}`;
}
