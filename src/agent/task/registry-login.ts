import { Fault } from '#base';
import type { PayloadContainer, RoleCredentials } from '#wire/link';
import type { SecretSource } from '../host/secrets.ts';

/** A login for one pull. Pulls with other logins never share one. */
export interface RegistryLogin {
  readonly key: string;
  readonly credentials: { readonly username: string; readonly password: string };
}

/**
 * The login that a container's `repositoryCredentials` name. Throws Fault `Secret`. Source: "Private registry
 * authentication for tasks".
 */
export async function registryLogin(
  authentication: NonNullable<PayloadContainer['registryAuthentication']>,
  secrets: SecretSource | undefined,
  as: RoleCredentials | undefined,
  signal: AbortSignal,
): Promise<RegistryLogin> {
  const { credentialsParameter: arn, region } = authentication.asmAuthData;
  if (secrets === undefined) throw new Fault('Secret', `this agent cannot read secrets, and ${arn} is one`);
  return { key: arn, credentials: parseLogin(arn, await secrets.fetch({ arn, region }, as, signal)) };
}

/** `{"username": …, "password": …}`. The message of a refusal has nothing of the secret. */
function parseLogin(arn: string, text: string): RegistryLogin['credentials'] {
  try {
    const { username, password } = JSON.parse(text) as { username?: unknown; password?: unknown };
    if (typeof username === 'string' && typeof password === 'string') return { username, password };
  } catch {
    // The parser's message would quote the secret.
  }
  throw new Fault('Secret', `the secret ${arn} is not a JSON object with the texts "username" and "password"`);
}
