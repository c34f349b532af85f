import { createHash } from 'node:crypto';
import type { AccountId, ValidationRecord } from '#model';

/**
 * The DNS record by which a name would be proved. It is the same for a name whenever it is asked for, and for a name and
 * `*.` before it, as ACM's is: so what made the record once need not change.
 */
export function validationRecord(accountId: AccountId, domainName: string): ValidationRecord {
  const base = domainName.replace(/^\*\./, '');
  const digest = createHash('sha256').update(`${accountId} ${base}`).digest('hex');
  const name = `_${digest.slice(0, 32)}.${base}.`;
  return { domainName, name, value: `_${digest.slice(32)}.acm-validations.roadstead.localhost.` };
}
