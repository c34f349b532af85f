import type { Logger } from '#base';
import {
  type AcsAgentMessage,
  type Connection,
  encodeFrame,
  type Frame,
  type HeartbeatMessage,
  type IAMRoleCredentialsMessage,
  type ManifestTask,
  type PayloadMessage,
  type RoadsteadHostStateMessage,
  type RoadsteadStartSessionMessage,
  type RoleCredentials,
  type TaskManifestMessage,
  type TaskStopVerificationAck,
} from '#wire/link';
import type { HostState } from '../host-state/host-state.ts';
import type { TaskEngine } from '../task/engine.ts';
import { announcementProblem } from './announcements.ts';
import type { CredentialStore } from './credentials.ts';

export interface AcsDeps {
  readonly cluster: string;
  readonly containerInstanceArn: string;
  readonly engine: TaskEngine;
  readonly credentials: CredentialStore;
  readonly log: Logger;
  /** The highest sequence number seen so far; a setter that keeps it across restarts. */
  readonly latestSequence: () => number;
  readonly sawSequence: (sequence: number) => Promise<void>;
  /** Runs a command in a container; the answer goes elsewhere. */
  readonly startSession: (message: RoadsteadStartSessionMessage) => void;
  /** Absent: the host is nothing beside its tasks. */
  readonly hostState?: HostState;
  /** A heartbeat also asks for the health of the container engine. */
  readonly onHeartbeat: () => void;
}

/** Recognised, and answered with nothing. */
const silent = new Set([
  'CloseMessage',
  'ErrorMessage',
  'ServerException',
  'BadRequestException',
  'InvalidClusterException',
  'InvalidInstanceException',
  'AccessDeniedException',
  'InactiveInstanceException',
]);

function answerTo({ clusterArn, containerInstanceArn, messageId }: Frame['message']) {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { cluster: text(clusterArn), containerInstance: text(containerInstanceArn), messageId: text(messageId) };
}

/**
 * The control channel: takes the control plane's messages one at a time in the order they came, and acknowledges what
 * was accepted. What is not acknowledged comes again.
 */
export class AcsChannel {
  readonly #deps: AcsDeps;
  #queue: Promise<void> = Promise.resolve();
  /** Manifests whose stop candidates wait for an answer, by message id. */
  readonly #awaited = new Set<string>();

  constructor(deps: AcsDeps) {
    this.#deps = deps;
  }

  opened(connection: Connection): void {
    this.#deps.hostState?.opened(connection);
  }

  closed(): void {
    this.#deps.hostState?.closed();
  }

  /** Whether the frame is of a known type. */
  receive(frame: Frame, connection: Connection): boolean {
    const work = this.#workFor(frame, connection);
    if (work === undefined) return silent.has(frame.type);
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      this.#deps.log.error('a message could not be handled', { type: frame.type, error: String(error) });
    });
    return true;
  }

  /** Resolves when every message received so far is dealt with. */
  settled(): Promise<void> {
    return this.#queue;
  }

  #workFor({ type, message }: Frame, connection: Connection): (() => Promise<void>) | undefined {
    const send = (reply: AcsAgentMessage): void => connection.send(encodeFrame(reply));
    switch (type) {
      case 'HeartbeatMessage':
        return async () => this.#heartbeat(message as unknown as HeartbeatMessage, send);
      case 'PayloadMessage':
        return () => this.#payload(message as unknown as PayloadMessage, send);
      case 'TaskManifestMessage':
        return () => this.#manifest(message as unknown as TaskManifestMessage, send);
      case 'TaskStopVerificationAck':
        return async () => this.#verified(message as unknown as TaskStopVerificationAck);
      case 'IAMRoleCredentialsMessage':
        return async () => this.#refresh(message as unknown as IAMRoleCredentialsMessage, send);
      case 'RoadsteadStartSessionMessage':
        return async () => this.#deps.startSession(message as unknown as RoadsteadStartSessionMessage);
      case 'RoadsteadHostStateMessage':
        return async () => this.#hostState(message as unknown as RoadsteadHostStateMessage, connection, send);
      case 'AttachTaskNetworkInterfacesMessage':
      case 'AttachInstanceNetworkInterfacesMessage':
      case 'ConfirmAttachmentMessage':
        return async () => this.#announced(type, message, send);
      case 'StageUpdateMessage':
      case 'PerformUpdateMessage':
        return async () => this.#refuseUpdate(message, send);
      default:
        return undefined;
    }
  }

  /** Interfaces and volumes are made here, with their task, whose payload names them again: nothing is waited for. */
  #announced(type: string, message: Frame['message'], send: (reply: AcsAgentMessage) => void): void {
    const problem = announcementProblem(type, message);
    if (problem === undefined) return send({ type: 'AckRequest', message: answerTo(message) });
    this.#deps.log.warn('an announcement cannot be taken', { type, messageId: message['messageId'], problem });
  }

  /** Whoever installed this agent replaces it. */
  #refuseUpdate(message: Frame['message'], send: (reply: AcsAgentMessage) => void): void {
    if (typeof message['messageId'] !== 'string') return;
    send({ type: 'NackRequest', message: { ...answerTo(message), reason: 'Updates are disabled' } });
  }

  #heartbeat(message: HeartbeatMessage, send: (reply: AcsAgentMessage) => void): void {
    if (message.messageId !== undefined) {
      send({ type: 'HeartbeatAckRequest', message: { messageId: message.messageId } });
    }
    this.#deps.onHeartbeat();
  }

  #hostState(message: RoadsteadHostStateMessage, connection: Connection, send: (reply: AcsAgentMessage) => void): void {
    const { messageId } = message;
    const { cluster, containerInstanceArn: containerInstance } = this.#deps;
    this.#deps.hostState?.receive(message, connection, () =>
      send({ type: 'AckRequest', message: { cluster, containerInstance, messageId } }),
    );
  }

  async #payload(message: PayloadMessage, send: (reply: AcsAgentMessage) => void): Promise<void> {
    const { engine, credentials, sawSequence } = this.#deps;
    const { messageId, clusterArn, containerInstanceArn } = message;
    if (!messageId || !clusterArn || !containerInstanceArn) return;
    const tasks = [...(message.tasks ?? [])];
    const received: RoleCredentials[] = [];
    for (const { arn, roleCredentials, executionRoleCredentials } of tasks) {
      if (roleCredentials !== undefined) credentials.put(arn, 'TaskApplication', roleCredentials);
      if (executionRoleCredentials !== undefined) credentials.put(arn, 'TaskExecution', executionRoleCredentials);
      received.push(...[roleCredentials ?? [], executionRoleCredentials ?? []].flat());
    }
    // What frees resources goes first.
    tasks.sort((a, b) => Number(b.desiredStatus === 'STOPPED') - Number(a.desiredStatus === 'STOPPED'));
    const accepted = await Promise.all(tasks.map((task) => engine.accept(task)));
    await sawSequence(message.seqNum);
    if (accepted.includes(false)) return;
    send({ type: 'AckRequest', message: { cluster: clusterArn, containerInstance: containerInstanceArn, messageId } });
    for (const { credentialsId, expiration } of received) {
      send({ type: 'IAMRoleCredentialsAckRequest', message: { messageId, expiration, credentialsId } });
    }
  }

  async #manifest(message: TaskManifestMessage, send: (reply: AcsAgentMessage) => void): Promise<void> {
    const { engine, latestSequence, sawSequence } = this.#deps;
    const { messageId, clusterArn, containerInstanceArn, timeline } = message;
    if (!messageId || !clusterArn || !containerInstanceArn || !(timeline > latestSequence())) return;
    await sawSequence(timeline);
    send({ type: 'AckRequest', message: { cluster: clusterArn, containerInstance: containerInstanceArn, messageId } });
    this.#deps.credentials.keepOnly((taskArn) => engine.find(taskArn) !== undefined);
    const wanted = new Set(
      (message.tasks ?? []).filter(({ desiredStatus }) => desiredStatus === 'RUNNING').map(({ taskArn }) => taskArn),
    );
    const stopCandidates: ManifestTask[] = [];
    for (const { taskArn, desired, payload } of engine.tasks) {
      if (desired !== 'RUNNING' || wanted.has(taskArn)) continue;
      stopCandidates.push({ taskArn, taskClusterArn: payload.taskClusterArn, desiredStatus: 'STOPPED' });
    }
    if (stopCandidates.length === 0) return;
    this.#awaited.add(messageId);
    send({ type: 'TaskStopVerificationMessage', message: { messageId, stopCandidates } });
  }

  #verified(message: TaskStopVerificationAck): void {
    if (!this.#awaited.delete(message.messageId)) return;
    for (const { taskArn, desiredStatus } of message.stopTasks ?? []) {
      if (desiredStatus === 'STOPPED') this.#deps.engine.stop(taskArn);
    }
  }

  #refresh(message: IAMRoleCredentialsMessage, send: (reply: AcsAgentMessage) => void): void {
    const { engine, credentials, log } = this.#deps;
    const { messageId, taskArn, roleType, roleCredentials } = message;
    if (!messageId || roleCredentials?.credentialsId === undefined) return;
    if (engine.find(taskArn) === undefined) {
      log.warn('credentials for a task that is not here', { taskArn });
      return;
    }
    credentials.put(taskArn, roleType, roleCredentials);
    engine.credentialsCame(taskArn);
    const { expiration, credentialsId } = roleCredentials;
    send({ type: 'IAMRoleCredentialsAckRequest', message: { messageId, expiration, credentialsId } });
  }
}
