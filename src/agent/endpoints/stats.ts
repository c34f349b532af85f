import { type Clock, elapsedMs, type Instant, type Logger, messageOf, sleep, type Timer } from '#base';
import type { ContainerRuntime, StatsSample } from '../runtime/port.ts';
import { firstSampleMs, statsIdleMs } from './limits.ts';

/** What an interface has carried, in the members of the Docker Engine API. */
export interface InterfaceCounters {
  readonly rx_bytes: number;
  readonly rx_packets: number;
  readonly rx_errors: number;
  readonly rx_dropped: number;
  readonly tx_bytes: number;
  readonly tx_packets: number;
  readonly tx_errors: number;
  readonly tx_dropped: number;
}

export type Interfaces = Readonly<Record<string, InterfaceCounters>>;

/** The interfaces in the namespace of a process, without the loopback: the kernel's counters, as a port. */
export type ReadInterfaces = (pid: number) => Promise<Interfaces>;

/** A container to look at; of an awsvpc task with the container that holds its interface. */
export interface Watched {
  readonly runtimeId: string;
  readonly namespaceId?: string;
}

/** The last sample of a container, and what its interfaces carried per second before it. */
export interface ContainerStats {
  readonly sample: StatsSample;
  readonly rates?: { readonly rx_bytes_per_sec: number; readonly tx_bytes_per_sec: number };
}

export interface StatsDeps {
  readonly runtime: Pick<ContainerRuntime, 'watchStats' | 'inspectContainer'>;
  readonly readInterfaces: ReadInterfaces;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Watch {
  readonly abort: AbortController;
  readonly first: Promise<void>;
  latest?: ContainerStats;
  /** What the interfaces had carried when the latest sample was taken. */
  carried?: { readonly rx: number; readonly tx: number; readonly at: Instant };
  idle: Timer;
}

/**
 * What containers use. The engine is asked about a container only while somebody wants to know, and for a while after:
 * to follow hundreds of containers that nobody looks at would cost a good part of a processor.
 */
export class StatsWatch implements Disposable {
  readonly #deps: StatsDeps;
  readonly #watches = new Map<string, Watch>();

  constructor(deps: StatsDeps) {
    this.#deps = deps;
  }

  /** The latest sample; the first one is waited for. `undefined` when the container does not run. */
  async of(watched: Watched): Promise<ContainerStats | undefined> {
    const { runtimeId } = watched;
    const watch = this.#watches.get(runtimeId) ?? this.#begin(watched);
    watch.idle.cancel();
    watch.idle = this.#idleTimer(runtimeId);
    if (watch.latest === undefined) {
      const patience = new AbortController();
      await Promise.race([watch.first, sleep(this.#deps.clock, firstSampleMs, patience.signal).catch(() => {})]);
      patience.abort();
    }
    return watch.latest;
  }

  [Symbol.dispose](): void {
    for (const runtimeId of this.#watches.keys()) this.#end(runtimeId);
  }

  #begin(watched: Watched): Watch {
    const abort = new AbortController();
    const { promise: first, resolve } = Promise.withResolvers<void>();
    const watch: Watch = { abort, first, idle: this.#idleTimer(watched.runtimeId) };
    this.#watches.set(watched.runtimeId, watch);
    void this.#follow(watched, watch, resolve).finally(() => {
      resolve();
      if (this.#watches.get(watched.runtimeId) === watch) this.#end(watched.runtimeId);
    });
    return watch;
  }

  async #follow({ runtimeId, namespaceId }: Watched, watch: Watch, onFirst: () => void): Promise<void> {
    const { runtime, log } = this.#deps;
    const { signal } = watch.abort;
    try {
      const pid = namespaceId === undefined ? undefined : (await runtime.inspectContainer(namespaceId))?.pid;
      const onSample = (sample: StatsSample): void => {
        void this.#keep(watch, sample, pid).then(() => {
          if (watch.latest !== undefined) onFirst();
        });
      };
      const { ended } = await runtime.watchStats({ id: runtimeId, onSample, signal });
      await ended;
    } catch (error) {
      if (!signal.aborted) log.debug('no statistics of a container', { runtimeId, error: messageOf(error) });
    }
  }

  async #keep(watch: Watch, plain: StatsSample, pid: number | undefined): Promise<void> {
    const { readInterfaces, clock } = this.#deps;
    const own = pid === undefined || pid === 0 ? undefined : await readInterfaces(pid).catch(() => undefined);
    const sample = own === undefined ? plain : { ...plain, networks: own };
    const interfaces = Object.values((sample['networks'] ?? {}) as Interfaces);
    const at = clock.now();
    const rx = interfaces.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0);
    const tx = interfaces.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0);
    const before = watch.carried;
    const seconds = before === undefined ? 0 : elapsedMs(before.at, at) / 1000;
    watch.carried = { rx, tx, at };
    // The first of a stream compares with nothing.
    if (!isComparable(plain)) return;
    watch.latest =
      before === undefined || seconds <= 0
        ? { sample }
        : {
            sample,
            rates: {
              rx_bytes_per_sec: Math.max(0, (rx - before.rx) / seconds),
              tx_bytes_per_sec: Math.max(0, (tx - before.tx) / seconds),
            },
          };
  }

  #idleTimer(runtimeId: string): Timer {
    return this.#deps.clock.setTimer(statsIdleMs, () => this.#end(runtimeId));
  }

  #end(runtimeId: string): void {
    const watch = this.#watches.get(runtimeId);
    this.#watches.delete(runtimeId);
    watch?.idle.cancel();
    watch?.abort.abort();
  }
}

/** Docker writes year 1 where there was no sample before. */
function isComparable({ preread }: StatsSample): boolean {
  return typeof preread !== 'string' || !preread.startsWith('0001-');
}
