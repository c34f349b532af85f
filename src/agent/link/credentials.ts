import type { IAMRoleCredentialsMessage, RoleCredentials } from '#wire/link';

type RoleType = IAMRoleCredentialsMessage['roleType'];

interface Held {
  readonly taskArn: string;
  readonly roleType: RoleType;
  readonly credentials: RoleCredentials;
}

/**
 * Role credentials of the tasks on this host, in memory alone, by their id (which a task keeps for its life). After a
 * restart of the agent there are none until the control plane has sent them again.
 */
export class CredentialStore {
  readonly #byId = new Map<string, Held>();

  put(taskArn: string, roleType: RoleType, credentials: RoleCredentials): void {
    this.#byId.set(credentials.credentialsId, { taskArn, roleType, credentials });
  }

  find(credentialsId: string): RoleCredentials | undefined {
    return this.#byId.get(credentialsId)?.credentials;
  }

  /** Those of a task's role (TaskApplication), or those the agent itself acts with for the task (TaskExecution). */
  ofTask(taskArn: string, roleType: RoleType): RoleCredentials | undefined {
    for (const held of this.#byId.values()) {
      if (held.taskArn === taskArn && held.roleType === roleType) return held.credentials;
    }
    return undefined;
  }

  /** Forgets the credentials of tasks that are gone. */
  keepOnly(isKnown: (taskArn: string) => boolean): void {
    for (const [id, { taskArn }] of this.#byId) if (!isKnown(taskArn)) this.#byId.delete(id);
  }
}
