import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { type Clock, Fault, type Logger, messageOf, sleep, type Timer } from '#base';
import type { ServiceConnectMetrics } from '#wire/link';
import { ask, askAll, HaproxyFiles, type RunningServers, readServers, serverChanges } from '../haproxy/index.ts';
import type { ProxyDocuments } from './documents.ts';
import { intercept } from './interception.ts';
import { countedBetween, readStatistics, type Statistics } from './metrics.ts';
import { type ProxyPlaces, type RenderedProxy, renderProxy } from './render/configuration.ts';

export interface TaskProxyOptions {
  /** Everything of this proxy is in here. */
  readonly directory: string;
  /** As whom it works: who may read its files and make its socket. */
  readonly groupId: number;
}

export interface TaskProxyDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** The container that the proxy's process is in, as whoever runs it sees it. */
export interface ProxyContainer {
  /** Of a process in its network namespace: the task's, or in bridge mode its own. */
  readonly pid: number;
  /** Of the task's containers that have networks of their own, by name. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Has HAProxy read its configuration again: SIGUSR2 for its master. */
  reload(): Promise<void>;
}

/** How long documents may take to come, ms. */
const awaitMs = 60_000;
/** How long a process that runs may take until it answers, ms. */
const startMs = 10_000;
/** Between two reloads, ms: each leaves a process behind until its connections have ended. */
const reloadMs = 1_000;
/** After a pass that failed, or that left servers with open connections behind, ms. */
const againMs = 5_000;
/** Nothing new for so long: callers have noticed. At most so long is waited. */
const quietMs = 500;
const drainMs = 3_000;
const drainPollMs = 100;

/**
 * The Service Connect proxy of one task: its files, and what runs of it. Who runs the process is somebody else: it is a
 * container of the task. Level-triggered: every pass compares what the process says of itself with the documents.
 */
export class TaskProxy {
  readonly #options: TaskProxyOptions;
  readonly #deps: TaskProxyDeps;
  readonly #places: ProxyPlaces;
  readonly #files: HaproxyFiles;
  #documents: ProxyDocuments = { is: 'awaited', missing: [] };
  #changed = Promise.withResolvers<void>();
  #container: ProxyContainer | undefined;
  #servers: RunningServers | undefined;
  #intercepted = '';
  #reloadedAtMs = Number.NEGATIVE_INFINITY;
  #statistics: Statistics | undefined;
  #counted: ServiceConnectMetrics[] = [];
  #work: Promise<void> = Promise.resolve();
  #wanted = false;
  #timer: Timer | undefined;
  #drained = false;
  #ended = false;

  constructor(options: TaskProxyOptions, deps: TaskProxyDeps) {
    this.#options = options;
    this.#deps = deps;
    const { directory } = options;
    this.#places = { files: `${directory}/files`, adminSocket: `${directory}/sockets/admin` };
    this.#files = new HaproxyFiles({ ...options, adminSocket: this.#places.adminSocket }, deps);
  }

  /** Where the configuration is that the process is to read. */
  get configuration(): string {
    return this.#files.path;
  }

  update(documents: ProxyDocuments): void {
    this.#documents = documents;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
    this.#wake();
  }

  /** Resolves once a process that is started now finds all that it needs. Throws Fault `ServiceConnect`. */
  async prepare(signal: AbortSignal): Promise<void> {
    const { directory, groupId } = this.#options;
    const sockets = `${directory}/sockets`;
    for (const [path, mode] of [
      [directory, 0o750],
      [sockets, 0o770],
    ] as const) {
      await mkdir(path, { recursive: true });
      await chown(path, process.getuid?.() ?? 0, groupId);
      await chmod(path, mode);
    }
    const rendered = await this.#awaited(signal);
    await this.#files.check(rendered, rendered.generation);
    await this.#files.install();
  }

  /** Resolves once the process in the container serves: from then on it follows the documents. */
  async serve(container: ProxyContainer, signal: AbortSignal): Promise<void> {
    const { interceptions } = await this.#awaited(signal);
    const untilMs = this.#deps.clock.monotonicMs() + startMs;
    while ((await this.#files.generation()) === undefined) {
      if (this.#deps.clock.monotonicMs() > untilMs) throw new Fault('ServiceConnect', 'the proxy does not come up');
      await sleep(this.#deps.clock, 20, signal);
    }
    this.#container = container;
    this.#servers = undefined;
    this.#statistics = undefined;
    await intercept(container.pid, interceptions);
    this.#intercepted = JSON.stringify(interceptions);
    this.#wake();
    await this.settled();
  }

  /** No new connections from outside; resolves when those who called have turned elsewhere, or soon after. */
  async drain(signal: AbortSignal): Promise<void> {
    if (this.#documents.is !== 'whole' || this.#container === undefined) return;
    this.#drained = true;
    await this.#work;
    const fronts = this.#render(this.#documents)
      .listeners.filter(({ direction }) => direction === 'ingress')
      .map(({ frontend }) => frontend);
    if (fronts.length === 0) return;
    await askAll(
      this.#places.adminSocket,
      fronts.map((name) => `disable frontend ${name}`),
    );
    const seen = async (): Promise<string> => {
      const statistics = readStatistics(await this.#ask('show stat'));
      return fronts.map((name) => statistics.get(name)?.get('FRONTEND')?.['req_tot'] ?? '').join();
    };
    const { clock } = this.#deps;
    const untilMs = clock.monotonicMs() + drainMs;
    let [counts, sinceMs] = [await seen(), clock.monotonicMs()];
    while (clock.monotonicMs() < untilMs && clock.monotonicMs() - sinceMs < quietMs) {
      await sleep(clock, drainPollMs, signal);
      const now = await seen();
      if (now !== counts) [counts, sinceMs] = [now, clock.monotonicMs()];
    }
  }

  /** Reads what was counted since the last time. */
  async count(): Promise<void> {
    if (this.#documents.is !== 'whole' || this.#container === undefined) return;
    const statistics = readStatistics(await this.#ask('show stat'));
    const { listeners } = this.#render(this.#documents);
    this.#counted = [...countedBetween(this.#statistics, statistics, listeners)];
    this.#statistics = statistics;
  }

  /** What was counted and not taken yet. */
  takeCounted(): readonly ServiceConnectMetrics[] {
    return this.#counted.splice(0);
  }

  /** Resolves once the documents so far have been put into effect, or failed to. */
  async settled(): Promise<void> {
    do await this.#work;
    while (this.#wanted);
  }

  /** Leaves the process alone. */
  async leave(): Promise<void> {
    this.#ended = true;
    this.#timer?.cancel();
    await this.#work;
  }

  /** Forgets everything of it. The process must be gone. */
  async end(): Promise<void> {
    await this.leave();
    await rm(this.#options.directory, { recursive: true, force: true });
  }

  #ask(question: string): Promise<string> {
    return ask(this.#places.adminSocket, question);
  }

  #render({ documents }: Extract<ProxyDocuments, { is: 'whole' }>): RenderedProxy {
    const addresses = this.#container?.addresses ?? new Map();
    return renderProxy({ ...documents, places: this.#places, addresses });
  }

  async #awaited(signal: AbortSignal): Promise<RenderedProxy> {
    const { clock } = this.#deps;
    const untilMs = clock.monotonicMs() + awaitMs;
    while (this.#documents.is === 'awaited') {
      const { missing } = this.#documents;
      const restMs = untilMs - clock.monotonicMs();
      if (restMs <= 0) {
        const what = missing.join(', ');
        throw new Fault('ServiceConnect', `the control plane has not told this host of ${what}`);
      }
      const late = new AbortController();
      const waiting = sleep(clock, restMs, AbortSignal.any([signal, late.signal])).catch(() => {});
      await Promise.race([this.#changed.promise, waiting]);
      late.abort();
      signal.throwIfAborted();
    }
    return this.#render(this.#documents);
  }

  #wake(): void {
    if (this.#wanted || this.#ended || this.#container === undefined) return;
    this.#wanted = true;
    this.#work = this.#work.then(async () => {
      this.#wanted = false;
      if (this.#ended || this.#drained || this.#container === undefined) return;
      this.#timer?.cancel();
      let waitMs: number | undefined = againMs;
      try {
        waitMs = await this.#pass(this.#container);
      } catch (error) {
        this.#servers = undefined;
        this.#deps.log.warn('a Service Connect proxy is not as it should be', { error: messageOf(error) });
      }
      if (waitMs !== undefined && !this.#ended) {
        this.#timer = this.#deps.clock.setTimer(waitMs, () => this.#wake());
      }
    });
  }

  /** Gives when to look again, ms; `undefined`: when the documents change. */
  async #pass(container: ProxyContainer): Promise<number | undefined> {
    if (this.#documents.is === 'awaited') return undefined;
    const rendered = this.#render(this.#documents);
    const restMs = this.#reloadedAtMs + reloadMs - this.#deps.clock.monotonicMs();
    const running = await this.#files.generation();
    // It ended, or is only starting: `serve` follows.
    if (running === undefined) return againMs;
    if (running === rendered.generation) await this.#files.swapCertificates(rendered.files);
    else if (restMs > 0) return restMs;
    else await this.#load(container, rendered);
    return (await this.#followServers(rendered)) ? againMs : undefined;
  }

  async #load(container: ProxyContainer, rendered: RenderedProxy): Promise<void> {
    await this.#files.check(rendered, rendered.generation);
    await this.#files.install();
    await container.reload();
    await this.#files.comesUp(rendered.generation, {
      hasEnded: () => this.#container !== container,
      lastWords: () => Promise.resolve('see its log'),
    });
    this.#reloadedAtMs = this.#deps.clock.monotonicMs();
    this.#servers = undefined;
    const intercepted = JSON.stringify(rendered.interceptions);
    if (intercepted === this.#intercepted) return;
    await intercept(container.pid, rendered.interceptions);
    this.#intercepted = intercepted;
  }

  /** Gives whether some that are gone still have connections: those end by themselves. */
  async #followServers({ backends }: RenderedProxy): Promise<boolean> {
    this.#servers ??= readServers(await this.#ask('show servers state'));
    const { commands, removals } = serverChanges(this.#servers, backends);
    if (commands.length === 0 && removals.length === 0) return false;
    await askAll(this.#places.adminSocket, commands);
    await askAll(
      this.#places.adminSocket,
      removals.map((path) => `del server ${path}`),
    );
    this.#servers = readServers(await this.#ask('show servers state'));
    return serverChanges(this.#servers, backends).removals.length > 0;
  }
}
