import { type AccessKey, type Account, type AccountId, platformAccountId } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { roadstead } from './service.ts';

/**
 * CreateAccount: a new wall between users, with root keys that are told this once. Its resource is the installation,
 * which belongs to the platform account: only that account's root may call it.
 */
export const CreateAccount = operation(roadstead, 'CreateAccount', {
  authorize: (_, ctx) => ({
    action: 'roadstead:CreateAccount',
    resource: `arn:aws:roadstead:${ctx.scope.region}:${platformAccountId}:installation`,
  }),
  command: ({ name }, ctx): { account: Account; key: AccessKey } => {
    if (!/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,49}$/.test(name)) {
      throw new ApiError(
        'ValidationException',
        'An account name has 1 to 50 letters, digits, spaces, dots, hyphens or underscores and starts with a letter or a digit.',
      );
    }
    const accountId = ctx.ids.digits(12) as AccountId;
    return { account: { accountId, name, kind: 'user', createdAt: ctx.now }, key: newRootKey(accountId, ctx) };
  },
  apply: (tx, { account, key }) => {
    for (const existing of tx.accounts.all()) {
      if (existing.name === account.name) {
        throw new ApiError(
          'ConflictException',
          `An account named ${account.name} exists already: ${existing.accountId}.`,
        );
      }
    }
    tx.accounts.put(account);
    tx.accessKeys.put(key);
    return { account, key };
  },
  output: ({ account: { accountId, name, createdAt }, key }) => ({
    account: { accountId, name, createdAt },
    accessKeyId: key.accessKeyId,
    secretAccessKey: key.secretAccessKey,
  }),
});

/** Keys in AWS's form: `AKIA` and 16 characters, a secret of 40. */
export function newRootKey(
  accountId: AccountId,
  from: { readonly ids: { from(alphabet: string, length: number): string }; readonly now: AccessKey['createdAt'] },
): AccessKey {
  return {
    accessKeyId: `AKIA${from.ids.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
    secretAccessKey: from.ids.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 40),
    accountId,
    createdAt: from.now,
  };
}
