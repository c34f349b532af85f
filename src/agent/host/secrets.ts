import type { RoleCredentials } from '#wire/link';

/** A secret of Secrets Manager that a task names. */
export interface SecretReference {
  readonly arn: string;
  readonly region: string;
}

/** Values of Secrets Manager, as a port. */
export interface SecretSource {
  /** Whether it can be asked at all: what depends on it is announced only then. */
  readonly available: boolean;
  /**
   * The secret's text, read as the task's execution role. Throws Fault `Secret`; its message is for the person who reads
   * the task's reason and never has anything of the value.
   */
  fetch(secret: SecretReference, as: RoleCredentials | undefined, signal: AbortSignal): Promise<string>;
}
