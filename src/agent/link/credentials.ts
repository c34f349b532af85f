import type { RoleCredentials } from '#wire/link';

/** Role credentials of the tasks on this host, in memory alone, by their id (which a task keeps for its life). */
export class CredentialStore {
  readonly #byId = new Map<string, { readonly taskArn: string; readonly credentials: RoleCredentials }>();

  put(taskArn: string, credentials: RoleCredentials): void {
    this.#byId.set(credentials.credentialsId, { taskArn, credentials });
  }

  find(credentialsId: string): RoleCredentials | undefined {
    return this.#byId.get(credentialsId)?.credentials;
  }

  /** Forgets the credentials of tasks that are gone. */
  keepOnly(isKnown: (taskArn: string) => boolean): void {
    for (const [id, { taskArn }] of this.#byId) if (!isKnown(taskArn)) this.#byId.delete(id);
  }
}
