import type { RoleCredentials } from '#wire/link';

/** The services that values of a task come from, by their signing names. */
export const valueServices = ['secretsmanager', 'ssm', 's3'] as const;
export type ValueService = (typeof valueServices)[number];

/** As whom a service is asked, and in which region. */
export interface Caller {
  readonly credentials: RoleCredentials;
  readonly region: string;
}

export interface SecretRequest {
  /** An ARN, or the name of a secret of the caller's own account. */
  readonly secretId: string;
  readonly versionStage?: string;
  readonly versionId?: string;
}

/** A parameter as the service names it; of one that was asked for with a version or label, `selector` is `:3`. */
export interface Parameter {
  readonly name: string;
  readonly arn?: string;
  readonly selector?: string;
  readonly value: string;
}

/**
 * Secrets Manager, Parameter Store and S3, as a port. Each call is made once: who calls decides about retries. Calls
 * throw ApiError as the service refuses, and Fault `Unreachable`, retryable, when no answer came. No message has
 * anything of a value.
 */
export interface SecretSource {
  /** Why a service cannot be asked at all, and what to do; `undefined` when it can. What needs it is announced only then. */
  missing(service: ValueService): string | undefined;
  /** GetSecretValue: the secret's text; `undefined` when it has none, being binary. */
  secret(request: SecretRequest, as: Caller, signal: AbortSignal): Promise<string | undefined>;
  /** GetParameters, decrypted: at most ten names or ARNs. What the service does not know is in `invalid`. */
  parameters(
    names: readonly string[],
    as: Caller,
    signal: AbortSignal,
  ): Promise<{ readonly parameters: readonly Parameter[]; readonly invalid: readonly string[] }>;
  /** GetObject: the object's bytes. */
  object(
    object: { readonly bucket: string; readonly key: string },
    as: Caller,
    signal: AbortSignal,
  ): Promise<Uint8Array>;
}
