import { assert, type Clock, Ids, integerBelow, msFromInstant, type Random, type Timer } from '#base';
import { type Connection, decodeFrame, encodeFrame, type ManifestTask, type PayloadTask } from '#wire/link';
import { reportOf, simulatedCapabilities } from './simulated-agent-report.ts';
import { drawMs, SimulatedTask, type Span, type TaskBehaviour } from './simulated-agent-task.ts';

/** How a simulated host behaves. Delays are drawn from the seed. */
export interface AgentBehaviour extends TaskBehaviour {
  /** Before a report is handed in. */
  readonly reportMs: Span;
  /** Reports in a hundred that are handed in twice. */
  readonly repeatPercent: number;
  /** Acknowledgments in a hundred that are lost. */
  readonly losesAckPercent: number;
}

export const calmBehaviour: AgentBehaviour = {
  pullMs: [50, 500],
  startMs: [50, 300],
  stopMs: [20, 200],
  healthyMs: [100, 1_000],
  reportMs: [1, 20],
  repeatPercent: 0,
  losesAckPercent: 0,
  pullError: () => undefined,
};

export interface SimulatedAgentOptions {
  readonly cluster?: string;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly attributes?: readonly { readonly name: string; readonly value?: string }[];
  readonly availabilityZone?: string;
  /** Ids of the host's GPUs. */
  readonly gpuIds?: readonly string[];
  /** Between two health reports, ms; default 20 s, as the stock agent. */
  readonly publishMs?: number;
  /** How long a stopped task is remembered once its end was delivered, ms; default 3 h, as the stock agent. */
  readonly forgetAfterMs?: number;
  readonly behaviour?: Partial<AgentBehaviour>;
}

/** One end of a connection, and the means to break it as a network does. */
export interface AgentLink {
  readonly connection: Connection;
  cut(noticedAfterMs?: number): void;
}

export interface SimulatedAgentDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Calls an ECS operation as the host; rejects with an error that carries AWS's `code`. */
  readonly call: (operation: string, input: object) => Promise<unknown>;
  /** Opens a channel; throws an error that carries `code` when the upgrade is refused. */
  readonly connect: (channel: 'acs' | 'tcs', query: URLSearchParams) => AgentLink;
  /** Told of each change of a task on the host. */
  readonly onTask?: (task: SimulatedTask) => void;
}

type Channel = 'acs' | 'tcs';
type Message = Readonly<Record<string, unknown>>;

const reconnectAtOnce: readonly number[] = [1000, 1001, 1006, 1011];
const publishMs = 20_000;
const forgetAfterMs = 3 * 3_600_000;
const inactivityMs: Span = [60_000, 120_000];
const connectionLifeMs: Span = [30 * 60_000, 35 * 60_000];

/**
 * A host in memory that speaks the agent protocol: it registers, connects, acknowledges, moves tasks along after drawn
 * delays and reports them until the report is accepted. It can be made to crash, to lose its network or its containers,
 * to fail pulls, and to report late or twice. What a disk would keep survives a crash: its ARN, its tasks, the latest
 * sequence number, and which reports were delivered.
 */
export class SimulatedAgent {
  readonly tasks = new Map<string, SimulatedTask>();
  /** Credentials by their id; gone with the process. */
  readonly credentials = new Map<string, Message>();
  behaviour: AgentBehaviour;
  containerInstanceArn: string | undefined;
  readonly #options: SimulatedAgentOptions;
  readonly #deps: SimulatedAgentDeps;
  readonly #instanceId: string;
  readonly #links = new Map<Channel, AgentLink>();
  readonly #reporting = new Set<string>();
  readonly #timers = new Map<string, Timer>();
  #latestSequence = -1;
  #manifestId: string | undefined;
  #failures = { acs: 0, tcs: 0 };
  #sendCredentials = true;
  #networkUp = true;
  /** Counts processes: what an earlier one waits for no longer concerns the next. */
  #life = 0;
  #alive = false;

  constructor(options: SimulatedAgentOptions, deps: SimulatedAgentDeps) {
    this.#options = options;
    this.#deps = deps;
    this.behaviour = { ...calmBehaviour, ...options.behaviour };
    this.#instanceId = `i-${new Ids(deps.random).hex(17)}`;
  }

  get connected(): boolean {
    return this.#links.has('acs');
  }

  /** The ARNs of tasks with a running container. */
  get runningTasks(): string[] {
    return [...this.tasks.values()].filter((task) => task.runs).map((task) => task.arn);
  }

  /** The process starts: it registers until that works, finds its containers as they are, and connects. */
  start(): void {
    if (this.#alive) return;
    this.#alive = true;
    this.#life++;
    this.#sendCredentials = true;
    this.#register(this.#life, 0);
  }

  /** The process dies; containers stay. `start` brings the next one. */
  crash(): void {
    this.#alive = false;
    this.#life++;
    this.credentials.clear();
    this.#reporting.clear();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    for (const task of this.tasks.values()) task.pause();
    for (const link of this.#links.values()) link.cut();
    this.#links.clear();
  }

  /** The network is gone for a while; the agent and its tasks go on. */
  disconnect(durationMs: number): void {
    this.#networkUp = false;
    for (const link of this.#links.values()) link.cut(durationMs);
    this.#links.clear();
    this.#after('network', durationMs, () => {
      this.#networkUp = true;
      for (const channel of ['acs', 'tcs'] as const) this.#reconnectIn(channel, 0);
    });
  }

  /** The host of a crashed agent is made anew: nothing it held is left, and it registers as another instance. */
  reimage(): void {
    assert(!this.#alive, 'an agent that runs cannot be made anew');
    for (const task of this.tasks.values()) {
      task.lose();
      this.#deps.onTask?.(task);
    }
    this.tasks.clear();
    this.containerInstanceArn = undefined;
    this.#latestSequence = -1;
    this.#manifestId = undefined;
  }

  /** Every container disappears. */
  loseContainers(): void {
    for (const task of this.tasks.values()) task.lose();
  }

  #register(life: number, attempt: number): void {
    const { cluster, cpuUnits, memoryMiB, gpuIds, attributes = [], availabilityZone } = this.#options;
    const again = (): void => {
      const delayMs = Math.min(3_000 * 2 ** attempt, 192_000);
      this.#after('register', delayMs, () => this.#register(life, attempt + 1));
    };
    if (!this.#networkUp) return again();
    const input = {
      ...(cluster === undefined ? {} : { cluster }),
      ...(this.containerInstanceArn === undefined ? {} : { containerInstanceArn: this.containerInstanceArn }),
      instanceIdentityDocument: JSON.stringify({ instanceId: this.#instanceId, availabilityZone }),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: cpuUnits },
        { name: 'MEMORY', type: 'INTEGER', integerValue: memoryMiB },
        { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
        { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
        ...(gpuIds === undefined ? [] : [{ name: 'GPU', type: 'STRINGSET', stringSetValue: gpuIds }]),
      ],
      attributes: [...simulatedCapabilities.map((name) => ({ name })), ...attributes],
      clientToken: `${this.#instanceId}-${life}`,
    };
    void this.#deps.call('RegisterContainerInstance', input).then(
      (answer) => this.#registered(life, answer),
      () => (life === this.#life ? again() : undefined),
    );
  }

  #registered(life: number, answer: unknown): void {
    if (life !== this.#life) return;
    const instance = (answer as { readonly containerInstance: { readonly containerInstanceArn: string } })
      .containerInstance;
    this.containerInstanceArn = instance.containerInstanceArn;
    for (const task of this.tasks.values()) {
      task.resume();
      this.#report(task);
      this.#forgetLater(task);
    }
    this.#connect('acs');
    this.#connect('tcs');
  }

  #connect(channel: Channel): void {
    if (!this.#alive || !this.#networkUp || this.#links.has(channel)) return;
    let link: AgentLink;
    try {
      link = this.#deps.connect(channel, this.#query(channel));
    } catch (error) {
      const inactive = codeOf(error) === 'InactiveInstanceException';
      this.#reconnectIn(channel, inactive ? 3_600_000 : this.#backoff(channel));
      return;
    }
    const life = this.#life;
    const current = (): boolean => life === this.#life && this.#links.get(channel) === link;
    this.#links.set(channel, link);
    link.connection.onMessage((text) => {
      if (!current()) return;
      this.#failures[channel] = 0;
      this.#watchInactivity(channel);
      this.#receive(channel, text);
    });
    link.connection.onClose((code) => {
      if (!current()) return;
      this.#links.delete(channel);
      this.#reconnectIn(channel, reconnectAtOnce.includes(code) ? 1 : this.#backoff(channel));
    });
    this.#watchInactivity(channel);
    this.#after(`life-${channel}`, drawMs(this.#deps.random, connectionLifeMs), () =>
      link.connection.close(1000, 'ConnectionExpired: Reconnect to continue'),
    );
    if (channel === 'tcs') this.#publish();
  }

  #query(channel: Channel): URLSearchParams {
    const arn = this.containerInstanceArn ?? '';
    const cluster = this.#options.cluster ?? 'default';
    const versions = { agentHash: '00000000', agentVersion: '1.105.1' };
    return channel === 'tcs'
      ? new URLSearchParams({ ...versions, cluster, containerInstance: arn, dockerVersion: '27.3.1' })
      : new URLSearchParams({
          ...versions,
          clusterArn: cluster,
          containerInstanceArn: arn,
          dockerVersion: 'DockerVersion: 27.3.1',
          protocolVersion: '2',
          sendCredentials: String(this.#sendCredentials),
          seqNum: '1',
        });
  }

  #backoff(channel: Channel): number {
    const failures = this.#failures[channel]++;
    const delayMs = Math.min(250 * 1.5 ** failures, 120_000);
    return Math.floor(delayMs + integerBelow(this.#deps.random, Math.ceil(delayMs / 5)));
  }

  #reconnectIn(channel: Channel, delayMs: number): void {
    this.#after(`connect-${channel}`, delayMs, () => this.#connect(channel));
  }

  #watchInactivity(channel: Channel): void {
    this.#after(`inactivity-${channel}`, drawMs(this.#deps.random, inactivityMs), () =>
      this.#links.get(channel)?.connection.close(1000, 'inactive'),
    );
  }

  /** One timer per name, of this process. */
  #after(name: string, delayMs: number, fire: () => void): void {
    this.#timers.get(name)?.cancel();
    if (!this.#alive) return;
    const timer = this.#deps.clock.setTimer(delayMs, () => {
      if (this.#timers.get(name) === timer) this.#timers.delete(name);
      fire();
    });
    this.#timers.set(name, timer);
  }

  #receive(channel: Channel, text: string): void {
    const frame = decodeFrame(text);
    if (frame === undefined || channel === 'tcs') return;
    const { type, message } = frame;
    this.#sendCredentials = false;
    if (type === 'HeartbeatMessage') this.#send('HeartbeatAckRequest', { messageId: message['messageId'] });
    else if (type === 'PayloadMessage') this.#takePayload(message);
    else if (type === 'TaskManifestMessage') this.#takeManifest(message);
    else if (type === 'TaskStopVerificationAck') this.#takeStops(message);
    else if (type === 'IAMRoleCredentialsMessage') this.#takeCredentials(message);
  }

  #send(type: string, message: object): void {
    if (integerBelow(this.#deps.random, 100) < this.behaviour.losesAckPercent) return;
    this.#links.get('acs')?.connection.send(encodeFrame({ type, message }));
  }

  #ack(message: Message): void {
    const { clusterArn, containerInstanceArn, messageId } = message;
    this.#send('AckRequest', { cluster: clusterArn, containerInstance: containerInstanceArn, messageId });
  }

  /** As the stock agent: a message without one of these is dropped without a word. Stops go first. */
  #takePayload(message: Message): void {
    if (!message['messageId'] || !message['clusterArn'] || !message['containerInstanceArn']) return;
    const payloads = message['tasks'] as readonly PayloadTask[];
    this.#latestSequence = Math.max(this.#latestSequence, Number(message['seqNum']));
    for (const desired of ['STOPPED', 'RUNNING'] as const) {
      for (const payload of payloads) if (payload.desiredStatus === desired) this.#takeTask(payload);
    }
    this.#ack(message);
    for (const payload of payloads) {
      for (const credentials of [payload.roleCredentials, payload.executionRoleCredentials]) {
        if (credentials === undefined) continue;
        const { credentialsId, expiration } = credentials;
        this.#send('IAMRoleCredentialsAckRequest', { messageId: message['messageId'], credentialsId, expiration });
      }
    }
  }

  #takeTask(payload: PayloadTask): void {
    let task = this.tasks.get(payload.arn);
    if (task === undefined) {
      task = new SimulatedTask(payload, {
        clock: this.#deps.clock,
        random: this.#deps.random,
        behaviour: () => this.behaviour,
        onChange: (changed) => {
          this.#deps.onTask?.(changed);
          this.#report(changed);
        },
        onHealth: () => this.#publishHealth(),
      });
      this.tasks.set(payload.arn, task);
    }
    for (const credentials of [payload.roleCredentials, payload.executionRoleCredentials]) {
      if (credentials !== undefined) this.credentials.set(credentials.credentialsId, { ...credentials });
    }
    task.want(payload.desiredStatus);
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
    const surplus = [...this.tasks.values()].filter((task) => task.desired === 'RUNNING' && !listed.has(task.arn));
    if (surplus.length === 0) return;
    this.#manifestId = String(message['messageId']);
    const stopCandidates = surplus.map((task) => ({
      taskArn: task.arn,
      taskClusterArn: task.payload.taskClusterArn,
      desiredStatus: 'STOPPED',
    }));
    this.#send('TaskStopVerificationMessage', { messageId: this.#manifestId, stopCandidates });
  }

  #takeStops(message: Message): void {
    if (message['messageId'] !== this.#manifestId) return;
    this.#manifestId = undefined;
    for (const { taskArn } of message['stopTasks'] as readonly ManifestTask[]) this.tasks.get(taskArn)?.want('STOPPED');
  }

  #takeCredentials(message: Message): void {
    if (!this.tasks.has(String(message['taskArn']))) return;
    const credentials = message['roleCredentials'] as { readonly credentialsId: string; readonly expiration: string };
    const { credentialsId, expiration } = credentials;
    this.credentials.set(credentialsId, { ...credentials });
    this.#send('IAMRoleCredentialsAckRequest', { messageId: message['messageId'], credentialsId, expiration });
  }

  /** Hands the newest state in until it was accepted; one report per task at a time. */
  #report(task: SimulatedTask, attempt = 0): void {
    if (!this.#alive || this.#reporting.has(task.arn) || task.delivered === task.changes) return;
    this.#reporting.add(task.arn);
    const life = this.#life;
    const delayMs = drawMs(this.#deps.random, this.behaviour.reportMs) + Math.min(1_000 * attempt, 30_000);
    this.#after(`report-${task.arn}`, delayMs, () => {
      const changes = task.changes;
      const settle = (delivered: boolean): void => {
        if (life !== this.#life) return;
        this.#reporting.delete(task.arn);
        if (delivered) task.delivered = changes;
        this.#report(task, delivered ? 0 : attempt + 1);
        this.#forgetLater(task);
      };
      if (!this.#networkUp) return settle(false);
      void this.#submit(task).then(
        () => settle(true),
        (error: unknown) => settle(codeOf(error) === 'InvalidParameterException'),
      );
    });
  }

  #forgetLater(task: SimulatedTask): void {
    if (task.status !== 'STOPPED' || task.delivered !== task.changes) return;
    const delayMs = this.#options.forgetAfterMs ?? forgetAfterMs;
    this.#after(`forget-${task.arn}`, delayMs, () => this.tasks.delete(task.arn));
  }

  async #submit(task: SimulatedTask): Promise<void> {
    const report = reportOf(task, msFromInstant(this.#deps.clock.now()) / 1000);
    await this.#deps.call('SubmitTaskStateChange', report);
    const twice = integerBelow(this.#deps.random, 100) < this.behaviour.repeatPercent;
    if (twice) await this.#deps.call('SubmitTaskStateChange', report);
  }

  #publish(): void {
    this.#publishHealth();
    this.#after('publish', this.#options.publishMs ?? publishMs, () => this.#publish());
  }

  #publishHealth(): void {
    const tasks = [...this.tasks.values()].filter((task) => task.runs && task.containers.some((one) => one.checked));
    const metadata = { cluster: this.#options.cluster ?? 'default', containerInstance: this.containerInstanceArn };
    const at = msFromInstant(this.#deps.clock.now()) / 1000;
    const message = {
      metadata: { ...metadata, messageId: String(at), fin: true },
      timestamp: at,
      tasks: tasks.map((task) => ({
        taskArn: task.arn,
        taskDefinitionFamily: task.payload.family,
        taskDefinitionVersion: task.payload.version,
        containers: task.containers
          .filter((container) => container.checked)
          .map(({ name, health }) => ({ containerName: name, healthStatus: health, statusSince: at })),
      })),
    };
    const json = encodeFrame({ type: 'PublishHealthRequest', message });
    this.#links
      .get('tcs')
      ?.connection.send(`Authorization: AWS4-HMAC-SHA256 simulated\r\nHost: simulated\r\n\r\n${json}`);
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | null)?.code;
}
