import { platformAccountId } from '#model';
import { operation } from '../operation.ts';
import { roadstead } from './service.ts';

/** ListAccounts: every user's account; for the platform account's root alone. */
export const ListAccounts = operation(roadstead, 'ListAccounts', {
  authorize: (_, ctx) => ({
    action: 'roadstead:ListAccounts',
    resource: `arn:aws:roadstead:${ctx.scope.region}:${platformAccountId}:installation`,
  }),
  command: () => undefined,
  read: (view) => [...view.accounts.all()].filter((account) => account.kind === 'user'),
  output: (accounts) => ({
    accounts: accounts.map(({ accountId, name, createdAt }) => ({ accountId, name, createdAt })),
  }),
});
