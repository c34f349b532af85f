import { afterMs, Ids, type Instant, ManualClock, SeededRandom, silentLogger, Turnstile } from '#base';
import {
  applyTaskReport,
  type ContainerInstance,
  type ContainerInstanceArn,
  type Principal,
  type Task,
  type TaskDefinition,
  type TaskReport,
} from '#model';
import { MemoryDisk, MemoryJournal, openStore, ownership, type RoadsteadStore, schema } from '#store';
import { UsageWindow } from '#telemetry';
import { type Connection, connectionPair, decodeFrame, encodeFrame, type Frame } from '#wire/link';
import { createCredentialIssuer } from '../credentials.ts';
import { createDispatcher, type Dispatcher, type DispatcherDeps } from '../dispatcher.ts';
import type { DispatchSettings } from '../limits.ts';
import { acsHelloFrom } from '../upgrade.ts';
import { hostArn, instance, scope, startedAt } from './records.ts';

export const principal: Principal = {
  type: 'root',
  accountId: scope.accountId,
  arn: `arn:aws:iam::${scope.accountId}:root`,
};

/** A store on a memory disk, a dispatcher over it, and time that passes only when told. */
export class ControlPlane implements AsyncDisposable {
  readonly clock = new ManualClock(startedAt);
  readonly ids = new Ids(new SeededRandom(7));
  readonly disk = new MemoryDisk();
  readonly credentials = createCredentialIssuer({ masterKey: Buffer.alloc(32, 1) }, { ids: this.ids });
  readonly settings: Partial<DispatchSettings>;
  /** Commits the store keeps for a slow watch. */
  historyLimit = 10_000;
  /** What hosts are told beside their tasks, and where their agents' reports go. */
  hostState: Pick<DispatcherDeps, 'compilers' | 'reports'> = {};
  store!: RoadsteadStore;
  dispatcher!: Dispatcher;
  usage!: UsageWindow;

  private constructor(settings: Partial<DispatchSettings>) {
    this.settings = settings;
  }

  static async start(
    settings: Partial<DispatchSettings> = {},
    hostState: ControlPlane['hostState'] = {},
  ): Promise<ControlPlane> {
    const plane = new ControlPlane(settings);
    plane.hostState = hostState;
    await plane.open();
    return plane;
  }

  async open(): Promise<void> {
    const { historyLimit } = this;
    const journal = new MemoryJournal(this.disk);
    this.store = await openStore(schema, { journal, logger: silentLogger, ownership, historyLimit });
    const { store, clock, ids, credentials } = this;
    const turns = new Turnstile({ turnMs: 4 }, { clock });
    turns.open();
    this.usage = new UsageWindow({ clock });
    const shared = { store, clock, ids, credentials, logger: silentLogger };
    this.dispatcher = createDispatcher(this.settings, { ...shared, turns, usage: this.usage, ...this.hostState });
  }

  /** The control plane stops and starts again from its disk. */
  async restart(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await this.open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispatcher[Symbol.asyncDispose]();
    await this.store.close();
  }

  /** Lets time pass, and everything that waits for it or for the disk happen. */
  async pass(durationMs: number): Promise<void> {
    const end = afterMs(this.clock.now(), durationMs);
    await this.idle();
    for (let next = this.clock.nextTimerAt(); next !== undefined && next <= end; next = this.clock.nextTimerAt()) {
      this.clock.advanceTo(next);
      await this.idle();
    }
    this.clock.advanceTo(end);
    await this.idle();
  }

  /** Until nothing is left to do at this instant. */
  async idle(): Promise<void> {
    for (let i = 0; i < 4; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  addInstance(overrides: Partial<ContainerInstance> = {}): Promise<void> {
    return this.store.update('dispatch', (tx) => tx.containerInstances.put(instance(overrides)));
  }

  addTasks(of: TaskDefinition, ...tasks: readonly Task[]): Promise<void> {
    return this.store.update('api', (tx) => {
      if (!tx.taskDefinitions.has(of.taskDefinitionArn)) tx.taskDefinitions.put(of);
      for (const task of tasks) tx.tasks.put(task);
    });
  }

  changeTask(arn: string, writer: string, change: (task: Task) => Task): Promise<void> {
    return this.store.update(writer, (tx) => tx.tasks.put(change(tx.tasks.get(arn))));
  }

  report(arn: string, report: TaskReport): Promise<void> {
    return this.changeTask(arn, 'dispatch', (task) => applyTaskReport(task, report, this.now));
  }

  get now(): Instant {
    return this.clock.now();
  }

  get instance(): ContainerInstance {
    return this.store.view.containerInstances.get(hostArn);
  }

  /** An agent whose connection fails while orders are sent. */
  connectBroken(): void {
    const { server } = connectionPair(this.clock);
    const broken: Connection = {
      send: (text) => {
        if (decodeFrame(text)?.type === 'PayloadMessage') throw new Error('broken');
        server.send(text);
      },
      close: (code, reason) => server.close(code, reason),
      ping: () => server.ping(),
      onSign: (listener) => server.onSign(listener),
      onMessage: (listener) => server.onMessage(listener),
      onClose: (listener) => server.onClose(listener),
    };
    const hello = acsHelloFrom(new URLSearchParams({ containerInstanceArn: hostArn }));
    this.dispatcher.acceptAcs(broken, hello, scope.accountId);
  }

  connect(query: Readonly<Record<string, string>> = {}): Peer {
    const pair = connectionPair(this.clock);
    const hello = acsHelloFrom(new URLSearchParams({ containerInstanceArn: hostArn, ...query }));
    const peer = new Peer(pair.client, () => pair.cut());
    this.dispatcher.acceptAcs(pair.server, hello, scope.accountId);
    return peer;
  }

  connectTelemetry(arn: ContainerInstanceArn = hostArn): Peer {
    const pair = connectionPair(this.clock);
    const peer = new Peer(pair.client, () => pair.cut());
    this.dispatcher.acceptTcs(pair.server, arn, scope.accountId);
    return peer;
  }
}

/** The agent's end of a connection: remembers what it got, and answers nothing by itself but heartbeats. */
export class Peer {
  readonly frames: Frame[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  answersHeartbeats = true;
  readonly connection: Connection;
  readonly cut: () => void;

  constructor(connection: Connection, cut: () => void) {
    this.connection = connection;
    this.cut = cut;
    connection.onMessage((text) => {
      const frame = decodeFrame(text);
      if (frame === undefined) throw new Error(`no frame: ${text}`);
      this.frames.push(frame);
      if (frame.type === 'HeartbeatMessage' && this.answersHeartbeats) {
        this.say('HeartbeatAckRequest', { messageId: frame.message['messageId'] });
      }
    });
    connection.onClose((code, reason) => {
      this.closed = { code, reason };
    });
  }

  say(type: string, message: object): void {
    this.connection.send(encodeFrame({ type, message }));
  }

  sayText(text: string): void {
    this.connection.send(text);
  }

  ack(frame: Frame): void {
    this.say('AckRequest', { messageId: frame.message['messageId'] });
  }

  close(): void {
    this.connection.close(1000, 'done');
  }

  of(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** The orders got so far, in order: `RUNNING <task id>`. */
  get orders(): string[] {
    return this.of('PayloadMessage').flatMap((frame) =>
      (frame.message['tasks'] as { readonly arn: string; readonly desiredStatus: string }[]).map(
        (task) => `${task.desiredStatus} ${task.arn}`,
      ),
    );
  }
}
