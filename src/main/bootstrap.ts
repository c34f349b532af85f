import { newRootKey } from '#api';
import type { Ids, Instant } from '#base';
import { type AccessKey, type AccountId, defaultAccountId, platformAccountId } from '#model';
import type { RoadsteadStore, RoadsteadTx } from '#store';

/** The root keys of the two accounts every installation has. */
export interface RootKeys {
  readonly default: AccessKey;
  readonly platform: AccessKey;
}

/** Makes the default and the platform account with their root keys at the first start; later only finds them. */
export function bootstrapAccounts(store: RoadsteadStore, ids: Ids, now: Instant): Promise<RootKeys> {
  return store.update('bootstrap', (tx) => ({
    default: ensureAccount(tx, { accountId: defaultAccountId, name: 'default', kind: 'user' }, ids, now),
    platform: ensureAccount(tx, { accountId: platformAccountId, name: 'platform', kind: 'platform' }, ids, now),
  }));
}

function ensureAccount(
  tx: RoadsteadTx,
  account: { readonly accountId: AccountId; readonly name: string; readonly kind: 'user' | 'platform' },
  ids: Ids,
  now: Instant,
): AccessKey {
  if (!tx.accounts.has(account.accountId)) tx.accounts.put({ ...account, createdAt: now });
  const [existing] = tx.accessKeys.by('account', account.accountId);
  if (existing !== undefined) return existing;
  const key = newRootKey(account.accountId, { ids, now });
  tx.accessKeys.put(key);
  return key;
}
