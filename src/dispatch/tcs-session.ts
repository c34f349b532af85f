import { type Clock, elapsedMs, type Instant, instantFromMs, type Logger, messageOf, type Timer } from '#base';
import {
  applyContainerHealth,
  type ContainerInstanceArn,
  type HealthStatus,
  type InstanceHealth,
  type Task,
} from '#model';
import type { RoadsteadStore, RoadsteadView } from '#store';
import type { UsageWindow } from '#telemetry';
import { type Connection, decodeFrame, encodeFrame, splitTelemetryFrame, type TcsServerMessage } from '#wire/link';
import type { Background } from './background.ts';
import { recordConnect } from './connect-report.ts';
import { type DispatchSettings, tasksPerTelemetryMessage } from './limits.ts';
import { usageReport } from './usage-report.ts';

export interface TcsSessionOptions {
  readonly containerInstanceArn: ContainerInstanceArn;
  readonly settings: DispatchSettings;
}

export interface TcsSessionDeps {
  readonly connection: Connection;
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly usage: Pick<UsageWindow, 'record' | 'connect'>;
  readonly onEnded: () => void;
}

type Ack = Extract<TcsServerMessage, { readonly message: { readonly message: string } }>['type'];
type Report = Readonly<Record<string, unknown>>;

/**
 * The telemetry channel of one agent: container health and the host's own, and what containers use. Of health only what
 * changes something is written, and a message is acknowledged once that is on disk; usage is kept in memory.
 */
export class TcsSession {
  readonly #options: TcsSessionOptions;
  readonly #deps: TcsSessionDeps;
  #timer: Timer | undefined;
  #heardAt: Instant;
  #ended = false;

  constructor(options: TcsSessionOptions, deps: TcsSessionDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#heardAt = deps.clock.now();
    deps.connection.onMessage((text) => this.#receive(text));
    deps.connection.onClose(() => this.#end());
    this.#beat();
  }

  close(code: number, reason: string): void {
    if (this.#ended) return;
    this.#end();
    this.#deps.connection.close(code, reason);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.cancel();
    this.#deps.onEnded();
  }

  #beat(): void {
    const { clock } = this.#deps;
    const { heartbeatMs, telemetryIdleMs } = this.#options.settings;
    if (elapsedMs(this.#heardAt, clock.now()) >= telemetryIdleMs) {
      this.close(1001, 'Nothing was published for too long');
      return;
    }
    this.#send({ type: 'HeartbeatMessage', message: { healthy: true } });
    this.#timer = clock.setTimer(heartbeatMs, () => this.#beat());
  }

  #send(message: TcsServerMessage): void {
    if (!this.#ended) this.#deps.connection.send(encodeFrame(message));
  }

  #receive(text: string): void {
    if (this.#ended) return;
    this.#heardAt = this.#deps.clock.now();
    const frame = decodeFrame(splitTelemetryFrame(text));
    if (frame === undefined) {
      const { containerInstanceArn } = this.#options;
      this.#deps.logger.warn('an agent published what is no message', { containerInstanceArn });
    } else if (frame.type === 'PublishMetricsRequest') {
      this.#recordUsage(frame.message);
      this.#ack('AckPublishMetric');
    } else if (frame.type === 'PublishHealthRequest') {
      this.#write('AckPublishHealth', () => this.#writeTaskHealth(frame.message));
    } else if (frame.type === 'PublishInstanceStatusRequest') {
      this.#write('AckPublishInstanceStatus', () => this.#writeInstanceHealth(frame.message));
    }
  }

  #recordUsage(message: Report): void {
    const { store, usage } = this.#deps;
    const arn = this.#options.containerInstanceArn;
    const cpuUnits = store.view.containerInstances.find(arn)?.resources.cpuUnits ?? 0;
    for (const metric of objects(message['taskMetrics'])) {
      const report = usageReport(metric, cpuUnits);
      // An agent speaks for its own tasks only.
      const task = report === undefined ? undefined : store.view.tasks.find(report.taskArn);
      if (report === undefined || task?.hostArn !== arn) continue;
      usage.record(report.taskArn, report.containers, report.volumes);
      recordConnect(store.view, task, metric, usage.connect);
    }
  }

  #ack(type: Ack): void {
    this.#send({ type, message: { message: 'ok' } });
  }

  /** What could not be stored is not acknowledged; the agent publishes it again in any case. */
  #write(ack: Ack, work: () => Promise<void>): void {
    this.#deps.background.spawn('telemetry', async () => {
      try {
        await work();
        this.#ack(ack);
      } catch (error) {
        const { containerInstanceArn } = this.#options;
        this.#deps.logger.warn('telemetry could not be stored', { containerInstanceArn, error: messageOf(error) });
      }
    });
  }

  async #writeTaskHealth(message: Report): Promise<void> {
    const reports = healthReports(message['tasks']);
    const { store } = this.#deps;
    if (changedTasks(store.view, this.#options.containerInstanceArn, reports).length === 0) return;
    await store.update('dispatch', (tx) => {
      for (const task of changedTasks(tx, this.#options.containerInstanceArn, reports)) tx.tasks.put(task);
    });
  }

  async #writeInstanceHealth(message: Report): Promise<void> {
    const health = runtimeHealth(message['statuses']);
    const { store } = this.#deps;
    const arn = this.#options.containerInstanceArn;
    const stored = store.view.containerInstances.find(arn)?.runtimeHealth;
    if (health === undefined || stored?.status === health.status) return;
    await store.update('dispatch', (tx) => {
      const instance = tx.containerInstances.find(arn);
      if (instance === undefined || instance.runtimeHealth?.status === health.status) return;
      tx.containerInstances.put({ ...instance, runtimeHealth: health });
    });
  }
}

interface HealthReport {
  readonly taskArn: string;
  readonly containers: ReadonlyMap<string, HealthStatus>;
}

/** The tasks of the host whose health the reports change. An agent speaks for its own tasks only. */
function changedTasks(view: RoadsteadView, hostArn: ContainerInstanceArn, reports: readonly HealthReport[]): Task[] {
  return reports.flatMap(({ taskArn, containers }) => {
    const task = view.tasks.find(taskArn);
    if (task === undefined || task.hostArn !== hostArn) return [];
    const after = applyContainerHealth(task, containers);
    return after === task ? [] : [after];
  });
}

const healthStatuses: readonly unknown[] = ['HEALTHY', 'UNHEALTHY', 'UNKNOWN'] satisfies readonly HealthStatus[];

function healthReports(tasks: unknown): readonly HealthReport[] {
  return objects(tasks).flatMap((task) => {
    const taskArn = task['taskArn'];
    if (typeof taskArn !== 'string') return [];
    const containers = new Map<string, HealthStatus>();
    for (const { containerName, healthStatus } of objects(task['containers'])) {
      if (typeof containerName !== 'string' || !healthStatuses.includes(healthStatus)) continue;
      containers.set(containerName, healthStatus as HealthStatus);
    }
    return [{ taskArn, containers }];
  });
}

const instanceStatuses: readonly unknown[] = [
  'OK',
  'IMPAIRED',
  'INSUFFICIENT_DATA',
  'INITIALIZING',
] satisfies readonly InstanceHealth['status'][];

/** The container runtime's status among an instance's; agents write its type in either spelling. */
function runtimeHealth(statuses: unknown): InstanceHealth | undefined {
  const said = objects(statuses).find((status) =>
    ['ContainerRuntime', 'CONTAINER_RUNTIME'].includes(String(status['type'])),
  );
  if (said === undefined || !instanceStatuses.includes(said['status'])) return undefined;
  return {
    status: said['status'] as InstanceHealth['status'],
    lastUpdated: instantOf(said['lastUpdated']),
    lastStatusChange: instantOf(said['lastStatusChange']),
  };
}

/** Telemetry times are epoch seconds. */
function instantOf(seconds: unknown): Instant {
  return instantFromMs(typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : 0);
}

function objects(list: unknown): readonly Report[] {
  if (!Array.isArray(list)) return [];
  const isReport = (item: unknown): item is Report => typeof item === 'object' && item !== null;
  return list.slice(0, tasksPerTelemetryMessage).filter(isReport);
}
