import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { type InstallationPaths, readCredentials, readServerState } from './installation.ts';
import type { Files } from './ports.ts';

/** Where the control plane is and who we are there. */
export interface Connection {
  /** Without a trailing slash. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The control plane to talk to. AWS_ENDPOINT_URL and the AWS keys of the environment come first, unless a data
 * directory was named on the command line; then the installation. Keys in the environment without an endpoint are
 * somebody's AWS account: they are never sent anywhere.
 */
export async function resolveConnection(
  options: { readonly paths: InstallationPaths; readonly dataDirGiven: boolean },
  deps: { readonly files: Files; readonly env: Env },
): Promise<Connection> {
  const { env, files } = deps;
  const endpoint = options.dataDirGiven ? undefined : env['AWS_ENDPOINT_URL'];
  if (endpoint === undefined || endpoint === '') return installationConnection(files, options.paths);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return {
      endpoint: withoutTrailingSlash(endpoint),
      region: region ?? 'us-east-1',
      credentials: { accessKeyId, secretAccessKey, ...(token === undefined ? {} : { sessionToken: token }) },
    };
  }
  const stored = await readCredentials(files, options.paths);
  const state = await readServerState(files, options.paths);
  // The installation's keys go to the installation alone, not to whatever the environment points at.
  if (stored === undefined || state === undefined || withoutTrailingSlash(endpoint) !== state.url) {
    throw new Failure('no credentials for the endpoint', {
      exitCode: exitCodes.denied,
      why: `AWS_ENDPOINT_URL is ${endpoint}, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set`,
      next: 'eval "$(roadstead env)", or unset AWS_ENDPOINT_URL to use this machine\'s installation',
    });
  }
  const { accessKeyId: storedId, secretAccessKey: storedSecret } = stored.accounts.default;
  return {
    endpoint: state.url,
    region: region ?? state.region,
    credentials: { accessKeyId: storedId, secretAccessKey: storedSecret },
  };
}

/** The running server of an installation, as its default account. */
export async function installationConnection(files: Files, paths: InstallationPaths): Promise<Connection> {
  const state = await readServerState(files, paths);
  if (state === undefined) throw notRunning(paths);
  const stored = await readCredentials(files, paths);
  if (stored === undefined) {
    throw new Failure('this installation has no readable credentials', {
      exitCode: exitCodes.denied,
      why: `${paths.credentials} is missing or damaged`,
      next: 'restore the file from a backup; the keys in it are nowhere else',
    });
  }
  const { accessKeyId, secretAccessKey } = stored.accounts.default;
  return { endpoint: state.url, region: state.region, credentials: { accessKeyId, secretAccessKey } };
}

/**
 * As {@link resolveConnection}, but as Roadstead's own account where the control plane is this installation's: it alone
 * manages accounts. The environment of `roadstead env` names that control plane with a user's keys, which will not do.
 */
export async function resolveAdministrator(
  options: { readonly paths: InstallationPaths; readonly dataDirGiven: boolean },
  deps: { readonly files: Files; readonly env: Env },
): Promise<Connection> {
  const named = options.dataDirGiven ? undefined : deps.env['AWS_ENDPOINT_URL'];
  const state = await readServerState(deps.files, options.paths);
  const stored = await readCredentials(deps.files, options.paths);
  const here = named === undefined || named === '' || withoutTrailingSlash(named) === state?.url;
  if (!here || state === undefined || stored === undefined) return resolveConnection(options, deps);
  const { accessKeyId, secretAccessKey } = stored.accounts.platform;
  return { endpoint: state.url, region: state.region, credentials: { accessKeyId, secretAccessKey } };
}

export function notRunning(paths: InstallationPaths): Failure {
  return new Failure('Roadstead is not running', {
    exitCode: exitCodes.unreachable,
    why: `no server has left its address in ${paths.serverState}`,
    next: 'roadstead up',
  });
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
