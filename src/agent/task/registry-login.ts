import { Fault } from '#base';
import type { PayloadContainer } from '#wire/link';
import type { ValueCalls } from '../secrets/calls.ts';
import { failureReason, type Wanted } from '../secrets/reasons.ts';
import type { EngineTask } from './state.ts';

/** A login for one pull. Pulls with other logins never share one. */
export interface RegistryLogin {
  readonly key: string;
  readonly credentials: { readonly username: string; readonly password: string };
}

/**
 * The login that a container's `repositoryCredentials` name. Throws Fault `Secret`, whose message is the task's reason.
 * Source: "Private registry authentication for tasks".
 */
export async function registryLogin(
  authentication: NonNullable<PayloadContainer['registryAuthentication']>,
  { taskArn, payload }: Pick<EngineTask, 'taskArn' | 'payload'>,
  calls: ValueCalls,
  signal: AbortSignal,
): Promise<RegistryLogin> {
  const { credentialsParameter: secretId, region } = authentication.asmAuthData;
  const wanted: Wanted = { of: 'registry login', secretId };
  try {
    const text = await calls.make(
      'secretsmanager',
      { taskArn, region },
      (source, as, given) => source.secret({ secretId }, as, given),
      signal,
    );
    return { key: secretId, credentials: parseLogin(secretId, text ?? '') };
  } catch (error) {
    signal.throwIfAborted();
    throw new Fault('Secret', failureReason(payload.launchType, wanted, error));
  }
}

/** `{"username": …, "password": …}`. The message of a refusal has nothing of the secret. */
function parseLogin(secretId: string, text: string): RegistryLogin['credentials'] {
  try {
    const { username, password } = JSON.parse(text) as { username?: unknown; password?: unknown };
    if (typeof username === 'string' && typeof password === 'string') return { username, password };
  } catch {
    // The parser's message would quote the secret.
  }
  throw new Fault(
    'Secret',
    'asm fetching authorization data: unable to unmarshal secret value, invalid schema: ' +
      `the secret ${secretId} is not a JSON object with the texts "username" and "password"`,
  );
}
