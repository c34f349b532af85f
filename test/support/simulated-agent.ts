import { assert, Ids, integerBelow, msFromInstant, type Timer } from '#base';
import { decodeFrame, encodeFrame, type PayloadTask } from '#wire/link';
import { type Message, SimulatedInbox } from './simulated-agent-inbox.ts';
import {
  type AgentBehaviour,
  type AgentLink,
  calmBehaviour,
  type SimulatedAgentDeps,
  type SimulatedAgentOptions,
} from './simulated-agent-options.ts';
import { healthReport, registrationOf, reportOf, upgradeQuery } from './simulated-agent-report.ts';
import { drawMs, SimulatedTask, type Span } from './simulated-agent-task.ts';

type Channel = 'acs' | 'tcs';

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
  readonly #inbox: SimulatedInbox;
  readonly #links = new Map<Channel, AgentLink>();
  readonly #reporting = new Set<string>();
  readonly #timers = new Map<string, Timer>();
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
    this.#inbox = new SimulatedInbox({
      tasks: this.tasks,
      credentials: this.credentials,
      takeTask: (payload) => this.#takeTask(payload),
      send: (type, message) => this.#send(type, message),
    });
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
    this.#deps.documents?.end();
  }

  /** The network is gone for a while; the agent and its tasks go on. */
  disconnect(durationMs: number): void {
    this.#networkUp = false;
    for (const link of this.#links.values()) link.cut(durationMs);
    this.#links.clear();
    this.#deps.documents?.closed();
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
    this.#inbox.forget();
    this.#deps.documents?.forget();
  }

  /** Every container disappears. */
  loseContainers(): void {
    for (const task of this.tasks.values()) task.lose();
  }

  #register(life: number, attempt: number): void {
    const again = (): void => {
      const delayMs = Math.min(3_000 * 2 ** attempt, 192_000);
      this.#after('register', delayMs, () => this.#register(life, attempt + 1));
    };
    if (!this.#networkUp) return again();
    const { containerInstanceArn } = this;
    const input = registrationOf(this.#options, { instanceId: this.#instanceId, containerInstanceArn, life });
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
    const connect = (): void => {
      if (life !== this.#life) return;
      this.#connect('acs');
      this.#connect('tcs');
    };
    const { documents } = this.#deps;
    if (documents === undefined) connect();
    else void documents.begin(instance.containerInstanceArn).then(connect);
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
      if (channel === 'acs') this.#deps.documents?.closed();
      this.#reconnectIn(channel, reconnectAtOnce.includes(code) ? 1 : this.#backoff(channel));
    });
    this.#watchInactivity(channel);
    this.#after(`life-${channel}`, drawMs(this.#deps.random, connectionLifeMs), () =>
      link.connection.close(1000, 'ConnectionExpired: Reconnect to continue'),
    );
    if (channel === 'tcs') this.#publish();
    else this.#deps.documents?.opened(link.connection);
  }

  #query(channel: Channel): URLSearchParams {
    const host = { cluster: this.#options.cluster ?? 'default', containerInstance: this.containerInstanceArn ?? '' };
    return upgradeQuery(channel, host, this.#sendCredentials);
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
    this.#sendCredentials = false;
    if (frame.type === 'RoadsteadHostStateMessage') this.#takeDocuments(frame.message);
    else this.#inbox.take(frame);
  }

  #takeDocuments(message: Message): void {
    const connection = this.#links.get('acs')?.connection;
    if (connection === undefined) return;
    const { messageId } = message;
    this.#deps.documents?.receive(message, connection, () => this.#send('AckRequest', { messageId }));
  }

  #send(type: string, message: object): void {
    if (integerBelow(this.#deps.random, 100) < this.behaviour.losesAckPercent) return;
    this.#links.get('acs')?.connection.send(encodeFrame({ type, message }));
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
    const host = { cluster: this.#options.cluster ?? 'default', containerInstance: this.containerInstanceArn };
    const message = healthReport(tasks, host, msFromInstant(this.#deps.clock.now()) / 1000);
    const json = encodeFrame({ type: 'PublishHealthRequest', message });
    this.#links
      .get('tcs')
      ?.connection.send(`Authorization: AWS4-HMAC-SHA256 simulated\r\nHost: simulated\r\n\r\n${json}`);
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | null)?.code;
}
