import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { afterMs, assert, type Ids, type Instant, rfc3339 } from '#base';
import { type AccountId, type Principal, shortId, type Task, type TaskArn, type TaskDefinition } from '#model';
import type { IAMRoleCredentialsMessage, RoleCredentials } from '#wire/link';
import { credentialLifetimeMs } from './limits.ts';

export type RoleType = IAMRoleCredentialsMessage['roleType'];

/** What a session token says. Sealed: only who holds the master key can make or read one. */
export interface SessionClaims {
  readonly accessKeyId: string;
  readonly accountId: AccountId;
  readonly roleArn: string;
  /** The id of the task, as ECS names its sessions. */
  readonly sessionName: string;
  readonly taskArn: TaskArn;
  readonly expiresAt: Instant;
}

export interface TaskCredentials {
  readonly role?: RoleCredentials;
  readonly execution?: RoleCredentials;
}

/**
 * Short-lived keys of task roles, in the form of STS's: an `ASIA…` key, its secret, and a session token. Nothing is
 * stored: the secret follows from the key by HMAC, and the token carries its own statement, sealed with AES-256-GCM.
 * So every replica that holds the master key verifies every key, also after a restart.
 */
export interface CredentialIssuer {
  readonly lifetimeMs: number;
  /** Fresh credentials for the roles of a task; a role of another account gets none. */
  issue(task: Task, definition: TaskDefinition, now: Instant): TaskCredentials;
  /** What a token says; `undefined` when it is not one of ours. Expiry is the caller's to check. */
  openSessionToken(token: string): SessionClaims | undefined;
  /**
   * The secret of a temporary key with what its token says; `undefined` when the token is not ours or belongs to
   * another key. Expiry is the caller's to check.
   */
  findKey(accessKeyId: string, sessionToken: string): TemporaryKey | undefined;
}

export interface TemporaryKey {
  readonly secretAccessKey: string;
  readonly claims: SessionClaims;
}

export interface CredentialOptions {
  /** At least 32 random bytes, the same for the life of the installation. */
  readonly masterKey: Uint8Array;
  /** Default 6 h, as ECS. */
  readonly lifetimeMs?: number;
}

const roleArnPattern = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(.+)$/;
const nonceBytes = 12;
const tagBytes = 16;

export function createCredentialIssuer(options: CredentialOptions, deps: { readonly ids: Ids }): CredentialIssuer {
  assert(options.masterKey.length >= 32, 'the master key has at least 32 bytes');
  const keys = {
    secret: derivedKey(options.masterKey, 'secret-access-key'),
    id: derivedKey(options.masterKey, 'credentials-id'),
    token: derivedKey(options.masterKey, 'session-token'),
  };
  const lifetimeMs = options.lifetimeMs ?? credentialLifetimeMs;

  const openSessionToken = (token: string): SessionClaims | undefined => unseal(keys.token, token);

  const issueRole = (task: Task, roleType: RoleType, role: string | undefined, now: Instant) => {
    const roleArn = role === undefined ? undefined : ownRoleArn(task, role);
    if (roleArn === undefined) return undefined;
    const accessKeyId = `ASIA${deps.ids.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`;
    const expiresAt = afterMs(now, lifetimeMs);
    const claims: SessionClaims = {
      accessKeyId,
      accountId: task.accountId,
      roleArn,
      sessionName: shortId(task.taskArn),
      taskArn: task.taskArn,
      expiresAt,
    };
    return {
      credentialsId: credentialsIdOf(keys.id, task.taskArn, roleType),
      roleArn,
      accessKeyId,
      secretAccessKey: secretOf(keys.secret, accessKeyId),
      sessionToken: seal(keys.token, claims, Buffer.from(deps.ids.hex(2 * nonceBytes), 'hex')),
      expiration: rfc3339(expiresAt),
    } satisfies RoleCredentials;
  };

  return {
    lifetimeMs,
    openSessionToken,
    issue: (task, definition, now) => {
      const roles = rolesOf(task, definition);
      const role = issueRole(task, 'TaskApplication', roles.taskRole, now);
      const execution = issueRole(task, 'TaskExecution', roles.executionRole, now);
      return { ...(role === undefined ? {} : { role }), ...(execution === undefined ? {} : { execution }) };
    },
    findKey: (accessKeyId, sessionToken) => {
      const claims = openSessionToken(sessionToken);
      if (claims === undefined || claims.accessKeyId !== accessKeyId) return undefined;
      return { secretAccessKey: secretOf(keys.secret, accessKeyId), claims };
    },
  };
}

/** Who a temporary key speaks for. */
export function principalOf(claims: SessionClaims): Principal {
  const roleName = claims.roleArn.slice(claims.roleArn.lastIndexOf('/') + 1);
  return {
    type: 'assumed-role',
    accountId: claims.accountId,
    arn: `arn:aws:sts::${claims.accountId}:assumed-role/${roleName}/${claims.sessionName}`,
    roleArn: claims.roleArn,
  };
}

/** The roles of a task, overrides first; each a name or an ARN. */
export function rolesOf(
  task: Pick<Task, 'overrides'>,
  definition: Pick<TaskDefinition, 'taskRoleArn' | 'executionRoleArn'>,
): { readonly taskRole: string | undefined; readonly executionRole: string | undefined } {
  return {
    taskRole: task.overrides.taskRoleArn ?? definition.taskRoleArn,
    executionRole: task.overrides.executionRoleArn ?? definition.executionRoleArn,
  };
}

/** A role given by name is the account's own. Keys of another account's role would reach across the wall: none. */
function ownRoleArn(task: Task, role: string): string | undefined {
  if (!role.startsWith('arn:')) return `arn:aws:iam::${task.accountId}:role/${role}`;
  return roleArnPattern.exec(role)?.[1] === task.accountId ? role : undefined;
}

/** A KeyObject: Node makes one of every raw key anew on each use, which costs more than the cipher. */
function derivedKey(masterKey: Uint8Array, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `roadstead ${purpose}`, 32)));
}

/** 40 characters, as AWS's secrets. */
function secretOf(key: KeyObject, accessKeyId: string): string {
  return createHmac('sha256', key).update(accessKeyId).digest('base64').slice(0, 40);
}

/** In the form of a UUID; constant for the life of the task, because its containers' environment holds it. */
function credentialsIdOf(key: KeyObject, taskArn: string, roleType: RoleType): string {
  const hex = createHmac('sha256', key).update(`${roleType} ${taskArn}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

function seal(key: KeyObject, claims: SessionClaims, nonce: Buffer): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(claims)), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64');
}

function unseal(key: KeyObject, token: string): SessionClaims | undefined {
  const bytes = Buffer.from(token, 'base64');
  // Decoding drops what is not base64; a token that was changed at all is not ours.
  if (bytes.length <= nonceBytes + tagBytes || bytes.toString('base64') !== token) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    return JSON.parse(text.toString()) as SessionClaims;
  } catch {
    return undefined;
  }
}
