import { resolveAdministrator, resolveConnection } from '../connection.ts';
import { type ControlPlane, openControlPlane } from '../control-plane.ts';
import { failureFrom } from '../failure.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import { table } from '../output/table.ts';

/** `roadstead account create NAME`. */
export const createAccount: CommandBody = async (invocation, [name = '']) => {
  const controlPlane = await administer(invocation);
  const { account, accessKeyId, secretAccessKey } = await controlPlane
    .roadstead('CreateAccount', { name })
    .catch((error: unknown) => {
      throw failureFrom(`cannot create the account ${name}`, error);
    });
  return {
    report: {
      data: { accountId: account.accountId, accessKeyId, secretAccessKey },
      lines: (style) => [
        `Account ${style.strong(account.accountId)} (${account.name}) is created.`,
        `  AWS_ACCESS_KEY_ID      ${accessKeyId}`,
        `  AWS_SECRET_ACCESS_KEY  ${secretAccessKey}`,
        style.warning('Keep the secret key: it is never shown again.'),
      ],
      names: [account.accountId],
    },
  };
};

/** `roadstead account list`. */
export const listAccounts: CommandBody = async (invocation) => {
  const controlPlane = await administer(invocation);
  const { accounts } = await controlPlane.roadstead('ListAccounts', {}).catch((error: unknown) => {
    throw failureFrom('cannot list the accounts', error);
  });
  return {
    report: {
      data: { accounts },
      items: accounts,
      lines: () =>
        table(
          ['ACCOUNT', 'NAME'],
          accounts.map(({ accountId, name }) => [accountId, name]),
        ),
      names: accounts.map(({ accountId }) => accountId),
    },
  };
};

function administer({ deps, common }: Invocation): Promise<ControlPlane> {
  return resolveAdministrator(common, deps).then((connection) => openControlPlane(connection, common, deps));
}

/** The control plane that the environment, else the installation, names. */
export async function connect({ deps, common }: Invocation): Promise<ControlPlane> {
  return openControlPlane(await resolveConnection(common, deps), common, deps);
}
