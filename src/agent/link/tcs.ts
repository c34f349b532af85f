import type { Clock, Ids, Instant, Timer } from '#base';
import { type Connection, encodeFrame, type TaskMetric, type TcsAgentMessage, type TcsMetadata } from '#wire/link';
import type { TaskEngine } from '../task/engine.ts';
import type { EngineTask } from '../task/state.ts';

export interface TcsOptions {
  readonly cluster: string;
  readonly containerInstanceArn: string;
  /** Everything is said again this often. */
  readonly periodMs: number;
}

export interface TcsDeps {
  readonly engine: TaskEngine;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Absent: what containers use is not told. */
  readonly usage?: {
    /** What each task used since this was last asked. */
    take(): readonly TaskMetric[];
    /** Forgets what was gathered so far. */
    restart(): void;
  };
}

type PublishHealth = Extract<TcsAgentMessage, { type: 'PublishHealthRequest' }>['message'];
type TaskHealth = PublishHealth['tasks'][number];

const tasksPerMessage = 10;

/**
 * The telemetry channel: container health and the container engine's own, at once when they change and regularly, and
 * regularly what containers use. What they used while nobody listened is not told afterwards: a message speaks of the
 * moments before it.
 */
export class TcsChannel {
  readonly #options: TcsOptions;
  readonly #deps: TcsDeps;
  #connection: Connection | undefined;
  #timer: Timer | undefined;
  #runtime: { readonly ok: boolean; readonly since: Instant } | undefined;

  constructor(options: TcsOptions, deps: TcsDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  opened(connection: Connection): void {
    this.#connection = connection;
    this.#deps.usage?.restart();
    this.#publish();
  }

  closed(): void {
    this.#connection = undefined;
    this.#timer?.cancel();
  }

  /** A container's health changed. */
  healthChanged(): void {
    this.#sendHealth();
  }

  /** Whether the container engine answers. */
  runtimeAvailable(ok: boolean): void {
    if (this.#runtime?.ok === ok) return;
    this.#runtime = { ok, since: this.#deps.clock.now() };
    this.sendInstanceStatus();
  }

  sendInstanceStatus(): void {
    const { clock, ids } = this.#deps;
    const now = clock.now();
    const { ok, since } = this.#runtime ?? { ok: false, since: now };
    const status = this.#runtime === undefined ? 'INITIALIZING' : ok ? 'OK' : 'IMPAIRED';
    this.#send({
      type: 'PublishInstanceStatusRequest',
      message: {
        metadata: { cluster: this.#options.cluster, containerInstance: this.#arn, requestId: ids.uuid() },
        timestamp: now,
        statuses: [{ type: 'ContainerRuntime', status, lastUpdated: now, lastStatusChange: since }],
      },
    });
  }

  get #arn(): string {
    return this.#options.containerInstanceArn;
  }

  #publish(): void {
    this.#sendUsage();
    this.#sendHealth();
    this.sendInstanceStatus();
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.setTimer(this.#options.periodMs, () => this.#publish());
  }

  #sendUsage(): void {
    const { usage, clock } = this.#deps;
    if (usage === undefined) return;
    const all = usage.take();
    const idle = all.length === 0;
    for (const { part, metadata } of this.#parts(all)) {
      const message = { metadata: { ...metadata, idle }, timestamp: clock.now(), taskMetrics: part };
      this.#send({ type: 'PublishMetricsRequest', message });
    }
  }

  #sendHealth(): void {
    const { engine, clock } = this.#deps;
    const all = [...engine.tasks].flatMap(healthOf);
    if (all.length === 0) return;
    for (const { part, metadata } of this.#parts(all)) {
      this.#send({ type: 'PublishHealthRequest', message: { metadata, timestamp: clock.now(), tasks: part } });
    }
  }

  /** In messages of bounded size that belong together; without a task one message says so. */
  *#parts<T>(tasks: readonly T[]): Iterable<{ readonly part: readonly T[]; readonly metadata: TcsMetadata }> {
    const messageId = this.#deps.ids.uuid();
    let first = 0;
    do {
      const fin = first + tasksPerMessage >= tasks.length;
      const metadata = { cluster: this.#options.cluster, containerInstance: this.#arn, messageId, fin };
      yield { part: tasks.slice(first, first + tasksPerMessage), metadata };
      first += tasksPerMessage;
    } while (first < tasks.length);
  }

  #send(message: TcsAgentMessage): void {
    this.#connection?.send(encodeFrame(message));
  }
}

/** A running task's containers that have a health check; nothing when it has none. */
export function healthOf(task: EngineTask): TaskHealth[] {
  if (task.reached === 'STOPPED') return [];
  const containers = task.payload.containers.flatMap(({ name, healthCheckType }) => {
    const container = task.containers.find((one) => one.name === name);
    if (healthCheckType === undefined || container?.known !== 'RUNNING') return [];
    const statusSince = container.healthSince ?? container.startedAt ?? 0;
    return [{ containerName: name, healthStatus: container.health, statusSince }];
  });
  if (containers.length === 0) return [];
  const { arn, family, version } = task.payload;
  return [{ taskArn: arn, taskDefinitionFamily: family, taskDefinitionVersion: version, containers }];
}
