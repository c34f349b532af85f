import {
  afterMs,
  type Clock,
  elapsedMs,
  Fault,
  type Ids,
  type Instant,
  type Logger,
  messageOf,
  type Timer,
} from '#base';
import { ensurePauseImage } from '../runtime/pause-image.ts';
import type { ContainerBody, ContainerRuntime, ContainerSummary } from '../runtime/port.ts';
import { containerNameLabel, holderBody, instanceLabel } from '../task/container-body.ts';
import { within } from '../task/patience.ts';
import { pauseName } from '../task/state.ts';
import { decideSandboxes, type SandboxView, type Start } from './decide.ts';
import { longestWaitMs, mostSeries, mostStarts, restMs, sandboxLimits } from './limits.ts';
import { furthest, type InterfaceNames, seriesOf } from './series.ts';

/** Of a namespace holder that was started before its task: what can be seen of it from inside, as {@link sandboxKey}. */
export const spareLabel = 'roadstead.spare-sandbox';

export interface SandboxPoolOptions {
  readonly containerInstanceArn: string;
  /** Spares at most. */
  readonly max: number;
  readonly architecture: string;
  readonly createTimeoutMs: number;
  readonly startTimeoutMs: number;
}

export interface SandboxPoolDeps {
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** A task is being started or ended, or the engine does not answer: spares can wait. */
  readonly isBusy: () => boolean;
  /** Of the tasks of this host. */
  readonly usedAddresses: () => ReadonlySet<string>;
  readonly onEngineLost: () => void;
}

interface Spare {
  readonly name: string;
  /** Absent while it is being made. */
  readonly id?: string;
  /** Absent for one of an earlier run. */
  readonly series?: string;
}

interface SeriesState {
  readonly last: InterfaceNames;
  readonly starts: readonly Start[];
}

/**
 * Two holders with the same key cannot be told apart from inside their tasks: all that they were created with, but for
 * labels and the control group they are charged to.
 */
export function sandboxKey({ Labels: _labels, HostConfig, ...body }: ContainerBody): string {
  const { CgroupParent: _parent, ...hostConfig } = HostConfig;
  return JSON.stringify({ ...body, HostConfig: hostConfig });
}

/**
 * Namespace holders that run before there is a task for them, made while the host has nothing better to do. A spare that
 * a task takes is the task's for good: it ends with it and is never used again.
 */
export class SandboxPool {
  readonly #options: SandboxPoolOptions;
  readonly #deps: SandboxPoolDeps;
  /** By key. */
  readonly #spares = new Map<string, Spare>();
  readonly #series = new Map<string, SeriesState>();
  /** A spare is being made or removed by plan: one at a time. */
  #working = false;
  readonly #pending = new Set<Promise<void>>();
  #wake: Timer | undefined;
  #restUntil: Instant | undefined;
  #closed = false;

  constructor(options: SandboxPoolOptions, deps: SandboxPoolDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Ids of the spares that are ready. */
  get ready(): ReadonlySet<string> {
    return new Set([...this.#spares.values()].flatMap(({ id }) => id ?? []));
  }

  /** A task with this interface was here; what came before it starts now. */
  remember(eni: InterfaceNames, at: Instant): void {
    this.#note(eni, { at, found: 'none' });
  }

  /** An interface was given that no spare could have been for. */
  passed(eni: InterfaceNames): void {
    const id = seriesOf(eni);
    const known = id === undefined ? undefined : this.#series.get(id);
    if (id !== undefined && known !== undefined) this.#series.set(id, { ...known, last: furthest(known.last, eni) });
  }

  /** The spare for a task that starts now, which it owns from then on. Gives the container's id. */
  take(eni: InterfaceNames, key: string): string | undefined {
    const id = this.#spares.get(key)?.id;
    if (id !== undefined) this.#spares.delete(key);
    this.#note(eni, { at: this.#deps.clock.now(), found: id === undefined ? this.#missed(eni) : 'spare' });
    return id;
  }

  /** Whether a container with the label of spares, which no task has, is to stay. One of an earlier run is taken up. */
  keeps({ id, name, labels, state }: ContainerSummary): boolean {
    const key = labels[spareLabel];
    if (key === undefined || this.#options.max === 0) return false;
    const known = this.#spares.get(key);
    if (known !== undefined && known.name === name) {
      if (known.id === undefined || state === 'running') return true;
      this.#spares.delete(key);
      return false;
    }
    if (known !== undefined || state !== 'running' || this.#spares.size >= this.#options.max) return false;
    this.#spares.set(key, { name, id });
    return true;
  }

  /** Which containers there are: of the spares that were ready before they were listed, those that are not are gone. */
  listed(ready: ReadonlySet<string>, there: ReadonlySet<string>): void {
    for (const id of ready) if (!there.has(id)) this.gone(id);
  }

  /** A container ended. */
  gone(containerId: string): void {
    for (const [key, { id }] of this.#spares) {
      if (id !== containerId) continue;
      this.#spares.delete(key);
      this.#own(this.#remove(containerId));
      this.consider();
      return;
    }
  }

  /** Looks at what may be done now; called whenever that may have changed. */
  consider(): void {
    if (this.#closed || this.#working || this.#deps.isBusy()) return;
    const { clock } = this.#deps;
    const now = clock.now();
    this.#wake?.cancel();
    this.#wake = undefined;
    const resting = this.#restUntil === undefined ? 0 : elapsedMs(now, this.#restUntil);
    if (resting > 0 && resting <= restMs) return this.#wakeAfter(resting);
    const { make, remove, wakeAt } = decideSandboxes(this.#view(now), { ...sandboxLimits, max: this.#options.max });
    const [superfluous] = remove;
    if (superfluous !== undefined) return this.#work(this.#drop(superfluous));
    if (make !== undefined) return this.#work(this.#make(make));
    if (wakeAt !== undefined) this.#wakeAfter(elapsedMs(now, wakeAt));
  }

  /** Nothing more is made, and what no task has goes: nobody may come to take it up. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.cancel();
    await Promise.allSettled(this.#pending);
    await Promise.allSettled([...this.#spares.keys()].map((key) => this.#drop(key)));
  }

  #view(now: Instant): SandboxView {
    const used = this.#deps.usedAddresses();
    return {
      now,
      series: [...this.#series.values()],
      spares: new Set(this.#spares.keys()),
      keyOf: (eni) => sandboxKey(holderBody(eni, {})),
      isUsed: (address) => used.has(address),
    };
  }

  #missed(eni: InterfaceNames): Start['found'] {
    const id = seriesOf(eni);
    return [...this.#spares.values()].some(({ series }) => series !== undefined && series === id) ? 'missed' : 'none';
  }

  #note(eni: InterfaceNames, start: Start): void {
    const id = seriesOf(eni);
    if (id === undefined || this.#options.max === 0) return;
    const known = this.#series.get(id);
    this.#series.delete(id);
    this.#series.set(id, {
      last: furthest(known?.last, eni),
      starts: [...(known?.starts ?? []), start].slice(-mostStarts),
    });
    for (const oldest of this.#series.keys()) {
      if (this.#series.size <= mostSeries) break;
      this.#series.delete(oldest);
    }
  }

  async #make(eni: InterfaceNames): Promise<void> {
    const { runtime, clock, ids } = this.#deps;
    const { containerInstanceArn, createTimeoutMs, startTimeoutMs } = this.#options;
    const key = sandboxKey(holderBody(eni, {}));
    const labels = {
      [containerNameLabel]: pauseName,
      [instanceLabel]: containerInstanceArn,
      [spareLabel]: key,
    };
    const name = `ecs-spare-internalecspause-${ids.hex(20)}`;
    const series = seriesOf(eni) ?? '';
    this.#spares.set(key, { name, series });
    try {
      const body = holderBody(eni, labels);
      const id = await within(clock, createTimeoutMs, 'created', (signal) => this.#create(name, body, signal));
      await within(clock, startTimeoutMs, 'started', (signal) => runtime.startContainer(id, signal));
      if (this.#spares.get(key)?.name === name) this.#spares.set(key, { name, id, series });
    } catch (error) {
      if (this.#spares.get(key)?.name === name) this.#spares.delete(key);
      this.#restUntil = afterMs(clock.now(), restMs);
      if (isLost(error)) throw error;
      // What the engine makes of it later is found when its containers are listed next.
      await this.#remove(name);
      this.#deps.log.warn('a spare sandbox could not be made', { error: messageOf(error) });
    }
  }

  async #create(name: string, body: ContainerBody, signal: AbortSignal): Promise<string> {
    const { runtime } = this.#deps;
    try {
      return await runtime.createContainer(name, body, signal);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'NotFound') throw error;
      await ensurePauseImage(runtime, this.#options.architecture);
      return runtime.createContainer(name, body, signal);
    }
  }

  async #drop(key: string): Promise<void> {
    const spare = this.#spares.get(key);
    this.#spares.delete(key);
    if (spare !== undefined) await this.#remove(spare.id ?? spare.name);
  }

  /** One that cannot be removed is found when the engine's containers are listed next. */
  async #remove(idOrName: string): Promise<void> {
    try {
      await this.#deps.runtime.removeContainer(idOrName);
    } catch (error) {
      if (isLost(error)) throw error;
      this.#deps.log.warn('a spare sandbox could not be removed yet', { error: messageOf(error) });
    }
  }

  #work(work: Promise<void>): void {
    this.#working = true;
    this.#own(
      work.finally(() => {
        this.#working = false;
      }),
    );
  }

  #own(work: Promise<void>): void {
    const owned = work
      .catch((error: unknown) => {
        if (isLost(error)) this.#deps.onEngineLost();
        else this.#deps.log.error('a spare sandbox failed', { error: messageOf(error) });
      })
      .finally(() => {
        this.#pending.delete(owned);
        this.consider();
      });
    this.#pending.add(owned);
  }

  #wakeAfter(delayMs: number): void {
    this.#wake = this.#deps.clock.setTimer(Math.min(Math.max(1, delayMs), longestWaitMs), () => this.consider());
  }
}

function isLost(error: unknown): boolean {
  return error instanceof Fault && error.code === 'EngineUnavailable';
}
