import type { Frame, ManifestTask, PayloadTask } from '#wire/link';
import type { SimulatedTask } from './simulated-agent-task.ts';

export type Message = Readonly<Record<string, unknown>>;

interface InboxDeps {
  readonly tasks: ReadonlyMap<string, SimulatedTask>;
  readonly credentials: Map<string, Message>;
  /** A task as the control plane wants it. */
  readonly takeTask: (payload: PayloadTask) => void;
  readonly send: (type: string, message: object) => void;
}

/** What a simulated agent makes of the control plane's messages, and answers. A crash forgets nothing of it. */
export class SimulatedInbox {
  readonly #deps: InboxDeps;
  #latestSequence = -1;
  #manifestId: string | undefined;

  constructor(deps: InboxDeps) {
    this.#deps = deps;
  }

  take({ type, message }: Frame): void {
    if (type === 'HeartbeatMessage') this.#deps.send('HeartbeatAckRequest', { messageId: message['messageId'] });
    else if (type === 'PayloadMessage') this.#takePayload(message);
    else if (type === 'TaskManifestMessage') this.#takeManifest(message);
    else if (type === 'TaskStopVerificationAck') this.#takeStops(message);
    else if (type === 'IAMRoleCredentialsMessage') this.#takeCredentials(message);
  }

  /** On a host that is made anew. */
  forget(): void {
    this.#latestSequence = -1;
    this.#manifestId = undefined;
  }

  #ack(message: Message): void {
    const { clusterArn, containerInstanceArn, messageId } = message;
    this.#deps.send('AckRequest', { cluster: clusterArn, containerInstance: containerInstanceArn, messageId });
  }

  /** As the stock agent: a message without one of these is dropped without a word. Stops go first. */
  #takePayload(message: Message): void {
    if (!message['messageId'] || !message['clusterArn'] || !message['containerInstanceArn']) return;
    const payloads = message['tasks'] as readonly PayloadTask[];
    this.#latestSequence = Math.max(this.#latestSequence, Number(message['seqNum']));
    for (const desired of ['STOPPED', 'RUNNING'] as const) {
      for (const payload of payloads) if (payload.desiredStatus === desired) this.#deps.takeTask(payload);
    }
    this.#ack(message);
    for (const payload of payloads) {
      for (const credentials of [payload.roleCredentials, payload.executionRoleCredentials]) {
        if (credentials === undefined) continue;
        const { credentialsId, expiration } = credentials;
        this.#deps.send('IAMRoleCredentialsAckRequest', { messageId: message['messageId'], credentialsId, expiration });
      }
    }
  }

  #takeManifest(message: Message): void {
    const timeline = Number(message['timeline']);
    if (timeline <= this.#latestSequence) return;
    this.#latestSequence = timeline;
    this.#ack(message);
    const listed = new Set(
      (message['tasks'] as readonly ManifestTask[])
        .filter((task) => task.desiredStatus === 'RUNNING')
        .map((task) => task.taskArn),
    );
    const surplus = [...this.#deps.tasks.values()].filter(
      (task) => task.desired === 'RUNNING' && !listed.has(task.arn),
    );
    if (surplus.length === 0) return;
    this.#manifestId = String(message['messageId']);
    const stopCandidates = surplus.map((task) => ({
      taskArn: task.arn,
      taskClusterArn: task.payload.taskClusterArn,
      desiredStatus: 'STOPPED',
    }));
    this.#deps.send('TaskStopVerificationMessage', { messageId: this.#manifestId, stopCandidates });
  }

  #takeStops(message: Message): void {
    if (message['messageId'] !== this.#manifestId) return;
    this.#manifestId = undefined;
    for (const { taskArn } of message['stopTasks'] as readonly ManifestTask[])
      this.#deps.tasks.get(taskArn)?.want('STOPPED');
  }

  #takeCredentials(message: Message): void {
    if (!this.#deps.tasks.has(String(message['taskArn']))) return;
    const credentials = message['roleCredentials'] as { readonly credentialsId: string; readonly expiration: string };
    const { credentialsId, expiration } = credentials;
    this.#deps.credentials.set(credentialsId, { ...credentials });
    this.#deps.send('IAMRoleCredentialsAckRequest', { messageId: message['messageId'], credentialsId, expiration });
  }
}
