import { type Clock, elapsedMs, type Ids, type Logger, messageOf, msFromInstant, type Timer } from '#base';
import { revisionOfTask } from '#mesh';
import {
  accountDefaultKey,
  type ClusterArn,
  type ContainerInstance,
  type ContainerInstanceArn,
  holdsResources,
  serviceLogDriverMode,
  type Task,
  type TaskArn,
  type TaskDefinition,
} from '#model';
import { findDefinition, type Revision, type RoadsteadStore, type RoadsteadView } from '#store';
import {
  type AcsServerMessage,
  type ConfirmAttachmentMessage,
  type Connection,
  decodeFrame,
  encodeFrame,
  type ManifestTask,
  type RoadsteadStartSessionMessage,
  type RoleCredentials,
} from '#wire/link';
import type { Background } from './background.ts';
import { announcedVolume, compileTask } from './compile-task.ts';
import type { DispatchCounts } from './counts.ts';
import type { CredentialRefresh } from './credential-refresh.ts';
import type { CredentialIssuer, RoleType } from './credentials.ts';
import { defined } from './defined.ts';
import type { Handover } from './handover.ts';
import { Heartbeat } from './heartbeat.ts';
import { type HostReports, type HostStateChannel, type HostStates, hostReportsFrom } from './host-state/index.ts';
import { HostTasks } from './host-tasks.ts';
import { interfaceDns } from './interface-dns.ts';
import { attachmentWaitMs, type DispatchSettings, stopCandidates } from './limits.ts';
import { type Order, orderFor } from './orders.ts';
import { type PayloadItem, payloadBatches, payloadFrame } from './payload.ts';
import { Pulse } from './pulse.ts';

export interface AcsSessionOptions {
  readonly containerInstanceArn: ContainerInstanceArn;
  readonly clusterArn: ClusterArn;
  /** The agent's process is new: it holds no credentials, and what it was told before may be lost. */
  readonly sendCredentials: boolean;
  /** Where the agent reached us. */
  readonly endpoint?: string;
  readonly settings: DispatchSettings;
}

export interface AcsSessionDeps {
  readonly connection: Connection;
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly credentials: CredentialIssuer;
  readonly logger: Logger;
  readonly background: Background;
  readonly handover: Handover;
  readonly refresh: CredentialRefresh;
  /** Counted up in place. */
  readonly counts: DispatchCounts;
  /** What the host shall be beside its tasks, and what its agent says of that. */
  readonly hostStates: HostStates;
  readonly reports: HostReports;
  /** The agent gives no sign of life, or does again. */
  readonly onSilent: (silent: boolean) => void;
  /** Called once, however the session ends. */
  readonly onEnded: () => void;
}

/**
 * The control channel of one connected agent. It says what the host's tasks call for, and again until the agent has
 * acknowledged it; it learns nothing from the agent but acknowledgments: reports come as API requests.
 */
export class AcsSession {
  readonly #options: AcsSessionOptions;
  readonly #deps: AcsSessionDeps;
  readonly #tasks: HostTasks;
  readonly #heartbeat: Heartbeat;
  readonly #pulse: Pulse;
  /** The number of the latest payload or manifest: a durable revision, so that it survives a restart of ours. */
  #sequence: Revision = 0;
  /** Its first manifest is out: an order before it would have its number, and the agent would pass over the manifest. */
  #opened = false;
  #manifestId: string | undefined;
  #loading: Promise<void> = Promise.resolve();
  #resend: Timer | undefined;
  #refresh: Timer | undefined;
  #retirement: Timer | undefined;
  #ended = false;
  #hostState: HostStateChannel | undefined;

  constructor(options: AcsSessionOptions, deps: AcsSessionDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#tasks = new HostTasks(options.containerInstanceArn);
    const { settings } = options;
    this.#heartbeat = new Heartbeat(
      { everyMs: settings.heartbeatMs, deadlineMs: settings.ackDeadlineMs },
      {
        clock: deps.clock,
        ids: deps.ids,
        send: (messageId) => this.#send({ type: 'HeartbeatMessage', message: { messageId, healthy: true } }),
        onDead: () => this.close(1001, 'No heartbeat acknowledged in time'),
      },
    );
    this.#pulse = new Pulse(settings.pulse, {
      clock: deps.clock,
      random: deps.ids.random,
      ping: () => deps.connection.ping(),
      wanted: () => deps.store.view.loadBalancers.all()[Symbol.iterator]().next().done !== true,
      onSilent: deps.onSilent,
      onDead: () => this.close(1001, 'No sign of life'),
    });
    deps.connection.onSign(() => this.#pulse.heard());
    deps.connection.onMessage((text) => this.#receive(text));
    deps.connection.onClose(() => this.#end());
  }

  /**
   * Says what a connecting agent must hear: its tasks' credentials when its process is new, which tasks it should have,
   * and the orders it has not acknowledged. The instance must have been written since the last connection, so that the
   * manifest's number is greater than any before it.
   */
  async open(instance: ContainerInstance): Promise<void> {
    if (this.#ended) return;
    this.#heartbeat.start();
    this.#hostState = this.#deps.hostStates.open(instance, (text) => this.#deps.connection.send(text));
    // Hosts that are something beside tasks: others must know soon when they are not there.
    if (this.#hostState !== undefined) this.#pulse.start();
    if (this.#hostState !== undefined) this.#deps.hostStates.begin();
    await this.#load();
    if (this.#ended) return;
    const { clock, refresh, handover } = this.#deps;
    if (this.#options.sendCredentials || refresh.waitMs(clock.now()) === 0) this.#refreshCredentials();
    else this.#sendCredentials((credentialsId) => refresh.isOpen(credentialsId));
    this.#sendManifest();
    this.#opened = true;
    handover.resume(clock.now());
    this.flush();
    this.#scheduleRefresh();
  }

  /** Reads the host's tasks anew: some commits were missed. */
  async reload(): Promise<void> {
    await this.#load();
    this.flush();
  }

  /** A durable commit changed a task of this host; `flush` acts on it. */
  observe(revision: Revision, arn: TaskArn, task: Task | undefined): void {
    if (this.#tasks.observe({ revision, arn, task })) this.#note(arn);
  }

  /** Sends every order that is due; none before the first manifest. */
  flush(): void {
    if (this.#ended || !this.#opened || !this.#tasks.loaded) return;
    const { clock, handover, connection, ids, counts } = this.#deps;
    const now = clock.now();
    const items: PayloadItem[] = [];
    for (const { arn, order } of handover.due(now)) {
      const text = this.#payloadText(arn, order);
      if (text === undefined) handover.postpone(arn, now);
      else {
        items.push({ arn, order, text });
        if (order === 'RUNNING') this.#announceVolume(arn);
      }
    }
    for (const batch of payloadBatches(items)) {
      const messageId = ids.uuid();
      connection.send(payloadFrame(this.#numbered(messageId), batch));
      counts.ordersSent += batch.length;
      counts.ordersResent += handover.sent(messageId, new Map(batch.map(({ arn, order }) => [arn, order])), now);
    }
    this.#scheduleResend();
  }

  /** The agent shall join a session. Said once: whoever waits for it gives up soon. */
  startSession(session: Omit<RoadsteadStartSessionMessage, 'messageId'>): void {
    const messageId = this.#deps.ids.uuid();
    this.#send({ type: 'RoadsteadStartSessionMessage', message: { messageId, ...session } });
  }

  /**
   * The instance was deregistered. An empty manifest makes the agent ask whether to stop what it still runs, and the
   * store says yes; then the connection ends.
   */
  retire(): void {
    if (this.#ended || this.#retirement !== undefined) return;
    this.#sendManifest();
    this.#retirement = this.#deps.clock.setTimer(this.#options.settings.retireMs, () =>
      this.close(1008, 'InactiveInstanceException: the container instance was deregistered'),
    );
  }

  /** Ends the session; the connection counts as closed at once, whether or not the other side still answers. */
  close(code: number, reason: string): void {
    if (this.#ended) return;
    this.#deps.logger.debug('control channel closed', { containerInstanceArn: this.#arn, code, reason });
    this.#end();
    this.#deps.connection.close(code, reason);
  }

  get #arn(): ContainerInstanceArn {
    return this.#options.containerInstanceArn;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#heartbeat.stop();
    this.#pulse.stop();
    for (const timer of [this.#resend, this.#refresh, this.#retirement]) timer?.cancel();
    if (this.#hostState !== undefined) this.#deps.hostStates.close(this.#hostState);
    this.#deps.onEnded();
  }

  /** One read after the other: the state of an earlier one must never replace that of a later one. */
  #load(): Promise<void> {
    const load = this.#loading.then(() => this.#loadOnce());
    this.#loading = load.catch(() => {});
    return load;
  }

  async #loadOnce(): Promise<void> {
    this.#tasks.startLoad();
    const { revision, tasks } = await this.#deps.store.read((view) => ({
      revision: view.revision,
      tasks: [...view.tasks.by('host', this.#arn)],
    }));
    this.#tasks.finishLoad(revision, tasks);
    const known = new Set<TaskArn>();
    for (const task of this.#tasks.all()) known.add(task.taskArn);
    this.#deps.handover.retain(known);
    for (const arn of known) this.#note(arn);
  }

  #note(arn: TaskArn): void {
    const task = this.#tasks.find(arn);
    const order = task === undefined ? undefined : orderFor(task);
    if (order === undefined) this.#deps.handover.forget(arn);
    else this.#deps.handover.want(arn, order, this.#deps.clock.now());
  }

  #payloadText(arn: TaskArn, order: Order): string | undefined {
    const task = this.#tasks.find(arn);
    if (task === undefined) return undefined;
    const { store, clock, credentials } = this.#deps;
    const definition = this.#definitionOf(task);
    if (definition === undefined) return undefined;
    const [networkInterface] = [...store.view.networkInterfaces.by('task', arn)];
    const { role, execution } = credentials.issue(task, definition, clock.now());
    const logDriverMode = store.view.accountSettings.find(accountDefaultKey(task, 'defaultLogDriverMode'))?.value;
    const payload = compileTask(task, definition, {
      ...defined({ connect: task.serviceConnect === undefined ? undefined : revisionOfTask(store.view, task) }),
      order,
      logDriverMode: logDriverMode ?? serviceLogDriverMode,
      ...(this.#options.endpoint === undefined ? {} : { logsEndpoint: this.#options.endpoint }),
      ...(networkInterface === undefined
        ? {}
        : { networkInterface, dns: interfaceDns(store.view, networkInterface, this.#arn) }),
      ...(role === undefined ? {} : { roleCredentials: role }),
      ...(execution === undefined ? {} : { executionRoleCredentials: execution }),
    });
    return JSON.stringify(payload);
  }

  /** ECS's own agent looks for the device meanwhile. Nothing waits for the answer: the task names its volume again. */
  #announceVolume(arn: TaskArn): void {
    const task = this.#tasks.find(arn);
    const attachment = task === undefined ? undefined : announcedVolume(task);
    if (task === undefined || attachment === undefined) return;
    const { clock, ids } = this.#deps;
    const message: ConfirmAttachmentMessage = {
      messageId: ids.uuid(),
      clusterArn: this.#options.clusterArn,
      containerInstanceArn: this.#arn,
      taskArn: task.taskArn,
      taskClusterArn: task.clusterArn,
      generatedAt: msFromInstant(clock.now()),
      waitTimeoutMs: attachmentWaitMs,
      attachment,
    };
    this.#send({ type: 'ConfirmAttachmentMessage', message });
  }

  #definitionOf(task: Task): TaskDefinition | undefined {
    const definition = findDefinition(this.#deps.store.view, task.taskDefinitionArn);
    if (definition === undefined) {
      const { taskArn, taskDefinitionArn } = task;
      this.#deps.logger.error('a task has no definition and cannot be sent', { taskArn, taskDefinitionArn });
    }
    return definition;
  }

  /**
   * The head of a numbered message, of at least that number. Payloads sent at one revision share a number; that raises
   * the agent's latest number no further than the manifest of the next revision.
   */
  #numbered(messageId: string, least = this.#sequence) {
    const { store, clock } = this.#deps;
    this.#sequence = Math.max(least, store.durableRevision);
    return {
      messageId,
      clusterArn: this.#options.clusterArn,
      containerInstanceArn: this.#arn,
      seqNum: this.#sequence,
      timeline: this.#sequence,
      generatedAt: msFromInstant(clock.now()),
    };
  }

  #sendManifest(): void {
    this.#manifestId = this.#deps.ids.uuid();
    // An order may have gone out at the revision of a deregistration: agents pass over a manifest that is not newer.
    const { seqNum: _, ...head } = this.#numbered(this.#manifestId, this.#sequence + 1);
    const tasks: ManifestTask[] = [];
    for (const task of this.#tasks.all()) {
      const order = orderFor(task);
      if (order === undefined) continue;
      tasks.push({ taskArn: task.taskArn, taskClusterArn: task.clusterArn, desiredStatus: order });
    }
    this.#send({ type: 'TaskManifestMessage', message: { ...head, tasks } });
  }

  /** Fresh credentials of all tasks, before half of the life of those the agent has is over. */
  #refreshCredentials(): void {
    this.#deps.refresh.begin(this.#deps.clock.now());
    this.#sendCredentials(() => true);
  }

  /** Credentials of the tasks the agent has; the others get them with their payload. */
  #sendCredentials(wanted: (credentialsId: string) => boolean): void {
    const { clock, credentials, handover } = this.#deps;
    for (const task of this.#tasks.all()) {
      if (task.agentStatus === undefined && !handover.isAcked(task.taskArn)) continue;
      const definition = this.#definitionOf(task);
      if (definition === undefined) continue;
      const { role, execution } = credentials.issue(task, definition, clock.now());
      if (role !== undefined && wanted(role.credentialsId)) this.#sendRole(task, 'TaskApplication', role);
      if (execution !== undefined && wanted(execution.credentialsId)) this.#sendRole(task, 'TaskExecution', execution);
    }
  }

  #sendRole(task: Task, roleType: RoleType, roleCredentials: RoleCredentials): void {
    const messageId = this.#deps.ids.uuid();
    const { taskArn, clusterArn: taskClusterArn } = task;
    const message = { messageId, taskArn, taskClusterArn, roleType, roleCredentials };
    this.#deps.refresh.sent(roleCredentials.credentialsId);
    this.#send({ type: 'IAMRoleCredentialsMessage', message });
  }

  #scheduleRefresh(): void {
    const { clock, refresh } = this.#deps;
    this.#refresh = clock.setTimer(Math.max(1, refresh.waitMs(clock.now())), () => {
      this.#refreshCredentials();
      this.#scheduleRefresh();
    });
  }

  #scheduleResend(): void {
    this.#resend?.cancel();
    const { clock, handover } = this.#deps;
    const next = handover.nextDueAt();
    if (next === undefined) return;
    // At least 1 ms, so that time passes whatever the clock's rounding.
    const delayMs = Math.max(1, elapsedMs(clock.now(), next));
    this.#resend = clock.setTimer(delayMs, () => this.flush());
  }

  #send(message: AcsServerMessage): void {
    if (!this.#ended) this.#deps.connection.send(encodeFrame(message));
  }

  #receive(text: string): void {
    if (this.#ended) return;
    this.#heartbeat.heard();
    this.#pulse.heard();
    const frame = decodeFrame(text);
    if (frame === undefined) {
      this.#deps.logger.warn('an agent sent what is no message', { containerInstanceArn: this.#arn });
      return;
    }
    const messageId = frame.message['messageId'];
    if (typeof messageId !== 'string') return;
    if (frame.type === 'AckRequest') {
      if (this.#hostState !== undefined && this.#deps.hostStates.acked(this.#hostState, messageId)) return;
      this.#deps.counts.ordersAcked += this.#deps.handover.acked(messageId);
      if (this.#deps.handover.openCount === 0) this.#resend?.cancel();
    } else if (frame.type === 'IAMRoleCredentialsAckRequest') {
      const credentialsId = frame.message['credentialsId'];
      if (typeof credentialsId === 'string') this.#deps.refresh.acked(credentialsId);
    } else if (frame.type === 'NackRequest') {
      this.#deps.counts.messagesRefused += 1;
      const reason = frame.message['reason'];
      this.#deps.logger.warn('an agent refused a message', { containerInstanceArn: this.#arn, messageId, reason });
    } else if (frame.type === 'TaskStopVerificationMessage') {
      this.#verifyStops(messageId, frame.message['stopCandidates']);
    } else if (frame.type === 'RoadsteadHostReport' && this.#hostState !== undefined) {
      this.#deps.reports.take(this.#arn, hostReportsFrom(frame.message));
    }
  }

  /** The agent asks which tasks that the manifest does not name it may stop. Answered once for each manifest. */
  #verifyStops(messageId: string, candidates: unknown): void {
    if (messageId !== this.#manifestId || !Array.isArray(candidates)) return;
    this.#manifestId = undefined;
    const { store, background, clock, logger } = this.#deps;
    const arns = candidates.slice(0, stopCandidates).flatMap((candidate: unknown) => candidateArn(candidate) ?? []);
    background.spawn('stop verification', async () => {
      const stopTasks = await store
        .read((view) => arns.flatMap((arn) => stopOf(view, this.#arn, arn) ?? []))
        .catch((error: unknown) => {
          logger.warn('a stop verification could not be answered', { error: messageOf(error) });
          return [];
        });
      const message = { messageId, generatedAt: msFromInstant(clock.now()), stopTasks };
      this.#send({ type: 'TaskStopVerificationAck', message });
    });
  }
}

function candidateArn(candidate: unknown): string | undefined {
  const arn: unknown = (candidate as { readonly taskArn?: unknown } | null)?.taskArn;
  return typeof arn === 'string' ? arn : undefined;
}

/** The confirmation that the host must stop the task: it is unknown, elsewhere, or no longer wanted. */
function stopOf(view: RoadsteadView, hostArn: ContainerInstanceArn, taskArn: string): ManifestTask | undefined {
  const task = view.tasks.find(taskArn);
  const wanted =
    task !== undefined && task.hostArn === hostArn && task.desiredStatus === 'RUNNING' && holdsResources(task);
  return wanted ? undefined : { taskArn, taskClusterArn: task?.clusterArn ?? '', desiredStatus: 'STOPPED' };
}
