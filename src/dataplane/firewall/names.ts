import { createHash } from 'node:crypto';
import { Fault } from '#base';

/** An AWS id as the name of a set or chain: letters, digits and underscores. */
export function pieceName(prefix: string, id: string): string {
  if (!/^[a-zA-Z][\w-]{0,63}$/.test(id)) throw new Fault('Network', `${id} is no id`);
  return `${prefix}_${id.replaceAll('-', '_')}`;
}

/** A name for a list of ids, the same for the same list. */
export function listName(prefix: string, ids: readonly string[]): string {
  return `${prefix}_${digest(ids.join(',')).slice(0, 16)}`;
}

/** The table of one agent: several may share a host, and each judges the packets of its own devices alone. */
export function tableName(owner: string): string {
  return `roadstead_${digest(owner).slice(0, 8)}`;
}

/** Whether some agent has made the table. */
export function isOurs(table: string): boolean {
  return /^roadstead_[0-9a-f]{8}$/.test(table);
}

/** The mark of one agent's devices: the group they are in, and the metric of its routes. Never 0, below 2^31. */
export function ownerNumber(owner: string): number {
  return 0x52_00_00_00 + Number.parseInt(digest(owner).slice(0, 6), 16);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
