import type { IAMRoleCredentialsMessage, RoleCredentials } from '#wire/link';

type RoleType = IAMRoleCredentialsMessage['roleType'];

interface Held {
  readonly taskArn: string;
  readonly roleType: RoleType;
  readonly credentials: RoleCredentials;
  /** The ids of this and earlier access keys, newest first: processes go on with one until it is about to expire. */
  readonly accessKeyIds: readonly string[];
}

/** Credentials are renewed every quarter of their life: no process holds an older key than so many before. */
const keysRemembered = 8;

/**
 * Role credentials of the tasks on this host, in memory alone, by their id (which a task keeps for its life). After a
 * restart of the agent there are none until the control plane has sent them again.
 */
export class CredentialStore {
  readonly #byId = new Map<string, Held>();

  put(taskArn: string, roleType: RoleType, credentials: RoleCredentials): void {
    const { credentialsId, accessKeyId } = credentials;
    const before = this.#byId.get(credentialsId)?.accessKeyIds.filter((each) => each !== accessKeyId) ?? [];
    const accessKeyIds = [accessKeyId, ...before].slice(0, keysRemembered);
    this.#byId.set(credentialsId, { taskArn, roleType, credentials, accessKeyIds });
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

  /** Whether an access key is, or lately was, one of a task on this host. */
  hasKey(accessKeyId: string): boolean {
    for (const { accessKeyIds } of this.#byId.values()) if (accessKeyIds.includes(accessKeyId)) return true;
    return false;
  }

  /** Forgets the credentials of tasks that are gone. */
  keepOnly(isKnown: (taskArn: string) => boolean): void {
    for (const [id, { taskArn }] of this.#byId) if (!isKnown(taskArn)) this.#byId.delete(id);
  }
}
