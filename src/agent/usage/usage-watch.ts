import { type Clock, type Logger, messageOf, type Timer } from '#base';
import type { ContainerMetric, StatsSet, TaskMetric, VolumeMetric } from '#wire/link';
import type { Interfaces, ReadInterfaces } from '../endpoints/stats.ts';
import type { TaskProxies } from '../host/task-proxies.ts';
import type { ContainerRuntime } from '../runtime/port.ts';
import type { BlockVolumes } from '../storage/port.ts';
import { Lanes } from '../task/lanes.ts';
import { type EngineContainer, type EngineTask, networkHolder, pauseContainer } from '../task/state.ts';
import { blockVolumesOf } from '../task/volumes.ts';
import { type Gathered, gather } from './gathered.ts';
import { readingOf, type UsageReading } from './reading.ts';

export interface UsageOptions {
  /** Between two readings of a container, ms. */
  readonly pollMs: number;
  /** Tasks read at the same time. */
  readonly lanes: number;
  /** What the host offers; a container's CPU is a part of it. */
  readonly cpuUnits: number;
}

export interface UsageDeps {
  readonly runtime: Pick<ContainerRuntime, 'sampleStats' | 'inspectContainer'>;
  readonly tasks: () => Iterable<EngineTask>;
  /** Absent: what tasks with an interface of their own carry is not told. */
  readonly readInterfaces?: ReadInterfaces;
  /** Absent: no Service Connect. */
  readonly proxies?: Pick<TaskProxies, 'takeCounted'>;
  /** Absent: no managed EBS volumes. */
  readonly blockVolumes?: Pick<BlockVolumes, 'usage'>;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Watched {
  last?: UsageReading;
  gathered: Gathered;
  /** Restarts told so far. */
  restarts: number;
}

/**
 * What the containers of this host use, for telemetry. Each running container is read every few seconds by one short
 * question to the engine; a stream of a sample a second each would cost a good part of a processor.
 */
export class UsageWatch implements Disposable {
  readonly #options: UsageOptions;
  readonly #deps: UsageDeps;
  /** By the engine's id of the container. */
  readonly #watched = new Map<string, Watched>();
  /** By the task's ARN, as they were last read; taken once. */
  readonly #volumes = new Map<string, readonly VolumeMetric[]>();
  readonly #lanes: Lanes;
  #timer: Timer | undefined;
  #ended = false;

  constructor(options: UsageOptions, deps: UsageDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#lanes = new Lanes({ count: options.lanes });
    this.#wait();
  }

  /** What each running task used since this was last asked; tasks of which nothing is known are left out. */
  take(): TaskMetric[] {
    return [...this.#deps.tasks()].flatMap((task) => {
      const containerMetrics = running(task).flatMap((container) => this.#takeContainer(task, container) ?? []);
      if (containerMetrics.length === 0) return [];
      const { arn, family, version, taskClusterArn } = task.payload;
      const named = { taskArn: arn, taskDefinitionFamily: family, taskDefinitionVersion: version };
      const counted = this.#deps.proxies?.takeCounted(arn) ?? [];
      const connect = counted.length === 0 ? {} : { serviceConnectMetricsWrapper: counted };
      const volumes = this.#volumes.get(arn) ?? [];
      this.#volumes.delete(arn);
      const held = volumes.length === 0 ? {} : { volumeMetrics: volumes };
      return [{ ...named, clusterArn: taskClusterArn, containerMetrics, ...held, ...connect }];
    });
  }

  /** Forgets what was gathered: nobody was there to be told. */
  restart(): void {
    for (const watched of this.#watched.values()) watched.gathered = {};
    this.#volumes.clear();
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#timer?.cancel();
  }

  #takeContainer(task: EngineTask, container: Running): ContainerMetric | undefined {
    const watched = this.#watched.get(container.runtimeId);
    if (watched === undefined || Object.keys(watched.gathered).length === 0) return undefined;
    const { gathered, restarts } = watched;
    watched.gathered = {};
    watched.restarts = container.restartCount;
    const definition = task.payload.containers.find(({ name }) => name === container.name);
    const restartable = definition?.restartPolicy?.enabled === true;
    return {
      containerName: container.name,
      ...(definition === undefined ? {} : { containerArn: definition.containerArn }),
      ...gathered,
      ...(restartable ? { restartStatsSet: { restartCount: container.restartCount - restarts } } : {}),
    };
  }

  #wait(): void {
    if (this.#ended) return;
    this.#timer = this.#deps.clock.setTimer(this.#options.pollMs, () => {
      void this.#readAll().finally(() => this.#wait());
    });
  }

  async #readAll(): Promise<void> {
    const due = [...this.#deps.tasks()].filter((task) => running(task).length > 0);
    const ids = new Set(due.flatMap((task) => running(task).map(({ runtimeId }) => runtimeId)));
    for (const id of this.#watched.keys()) if (!ids.has(id)) this.#watched.delete(id);
    const arns = new Set(due.map(({ taskArn }) => taskArn));
    for (const arn of this.#volumes.keys()) if (!arns.has(arn)) this.#volumes.delete(arn);
    await Promise.all(due.map((task) => this.#lanes.run(() => this.#readTask(task))));
  }

  /** Where its containers share the interfaces, these are read once. */
  async #readTask(task: EngineTask): Promise<void> {
    const { log } = this.#deps;
    try {
      const shared = this.#ended ? null : await this.#interfacesOf(task);
      for (const container of running(task)) {
        const holder = networkHolder(task, container.name);
        const interfaces = holder === undefined || this.#ended ? shared : await this.#interfacesIn(holder.runtimeId);
        if (!this.#ended) await this.#read(container, interfaces);
      }
      if (!this.#ended) await this.#readVolumes(task);
    } catch (error) {
      log.debug('what a task uses could not be read', { taskArn: task.taskArn, error: messageOf(error) });
    }
  }

  async #readVolumes(task: EngineTask): Promise<void> {
    const { blockVolumes } = this.#deps;
    if (blockVolumes === undefined) return;
    const read = blockVolumesOf(task).map(async ({ volumeId, volumeName }): Promise<readonly VolumeMetric[]> => {
      const usage = await blockVolumes.usage(volumeId);
      if (usage === undefined) return [];
      return [{ volumeId, volumeName, utilized: once(usage.usedBytes), size: once(usage.sizeBytes) }];
    });
    const metrics = (await Promise.all(read)).flat();
    if (metrics.length > 0) this.#volumes.set(task.taskArn, metrics);
  }

  async #read({ runtimeId, restartCount }: Running, interfaces: Interfaces | null | undefined): Promise<void> {
    const { runtime, clock, log } = this.#deps;
    try {
      const sample = await runtime.sampleStats(runtimeId);
      if (sample === undefined) return;
      const reading = readingOf(sample, interfaces, clock.now());
      const watched = this.#watched.get(runtimeId) ?? { gathered: {}, restarts: restartCount };
      watched.gathered = gather(watched.gathered, watched.last, reading, this.#options);
      watched.last = reading;
      this.#watched.set(runtimeId, watched);
    } catch (error) {
      log.debug('what a container uses could not be read', { runtimeId, error: messageOf(error) });
    }
  }

  /** Of an awsvpc task, its interface's; null where containers have no interface of their own. */
  async #interfacesOf(task: EngineTask): Promise<Interfaces | null | undefined> {
    const { networkMode } = task.payload;
    if (networkMode === 'bridge') return undefined;
    return this.#interfacesIn(networkMode === 'awsvpc' ? pauseContainer(task)?.runtimeId : undefined);
  }

  async #interfacesIn(holderId: string | undefined): Promise<Interfaces | null> {
    const { readInterfaces, runtime } = this.#deps;
    if (holderId === undefined || readInterfaces === undefined) return null;
    const pid = (await runtime.inspectContainer(holderId))?.pid ?? 0;
    return pid === 0 ? null : await readInterfaces(pid);
  }
}

/** A set of one sample. */
function once(value: number): StatsSet {
  return { min: value, max: value, sampleCount: 1, sum: value };
}

type Running = EngineContainer & { readonly runtimeId: string };

function running(task: EngineTask): Running[] {
  return task.containers.filter(
    (container): container is Running =>
      !container.internal && container.known === 'RUNNING' && container.runtimeId !== undefined,
  );
}
