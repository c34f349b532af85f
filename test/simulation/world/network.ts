import type { Clock, Timer } from '#base';
import type { Principal } from '#model';
import type { AgentLink } from '../../support/simulated-agent-options.ts';
import type { Draw, Span } from './draw.ts';
import { type Direction, Link } from './link.ts';

/** What the network does to one peer for a while. */
export interface Condition {
  readonly latencyMs?: Span;
  /** Requests, and answers, in a hundred that get lost. */
  readonly lossPercent?: number;
  /** Requests in a hundred that arrive a second time, up to a minute later. */
  readonly duplicatePercent?: number;
  /** Requests in a hundred that take up to half a minute, so that later ones overtake them. */
  readonly stragglePercent?: number;
  /** Ways that are cut. */
  readonly cut?: readonly Direction[];
}

/** The side of a control plane process that faces the network. */
export interface Server {
  readonly alive: boolean;
  handle(operation: string, input: object, principal: Principal): Promise<unknown>;
  /** Takes over a connection; throws when the upgrade is refused. */
  upgrade(channel: 'acs' | 'tcs', query: URLSearchParams, principal: Principal, link: () => Link): Link;
}

/** What a caller sees when it gets no answer. */
export class NetworkFailure extends Error {
  readonly code: 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'ENETUNREACH';

  constructor(code: NetworkFailure['code']) {
    super(code);
    this.code = code;
  }
}

interface NetworkDeps {
  readonly clock: Clock;
  readonly server: () => Server | undefined;
}

const calmMs: Span = [1, 5];
const callTimeoutMs = 30_000;
const straggleMs: Span = [1_000, 25_000];
const duplicateMs: Span = [1, 60_000];
/** A held connection is given up after this long, as the kernels of both sides do sooner or later. */
const patienceMs: Span = [15_000, 60_000];

/** One caller with its connections, and what the network does to it. */
export class Peer {
  readonly name: string;
  readonly principal: Principal;
  readonly #deps: NetworkDeps;
  readonly #draw: Draw;
  readonly #conditions = new Set<Condition>();
  readonly #links = new Set<Link>();
  #connects = 0;
  /** Ends the calls that a dying control plane leaves without an answer. */
  readonly #open = new Map<() => void, Server>();

  constructor(
    options: { readonly name: string; readonly principal: Principal; readonly draw: Draw },
    deps: NetworkDeps,
  ) {
    this.name = options.name;
    this.principal = options.principal;
    this.#draw = options.draw;
    this.#deps = deps;
  }

  /** How often it connected since this was asked last. */
  takeConnects(): number {
    const connects = this.#connects;
    this.#connects = 0;
    return connects;
  }

  /** Whether the network does anything to it just now. */
  get troubled(): boolean {
    return this.#conditions.size > 0;
  }

  /** Starts a condition; what it gives ends it. */
  impose(condition: Condition): () => void {
    this.#conditions.add(condition);
    for (const way of condition.cut ?? []) for (const link of this.#links) link.block(way);
    return () => {
      this.#conditions.delete(condition);
      for (const way of condition.cut ?? []) {
        if (!this.#isCut(way)) for (const link of this.#links) link.unblock(way);
      }
    };
  }

  /** One request and its answer, over a connection of its own; `draw` decides what becomes of it. */
  call(operation: string, input: object, draw: Draw = this.#draw): Promise<unknown> {
    const { clock } = this.#deps;
    return new Promise((resolve, reject) => {
      let timeout: Timer | undefined;
      const end = (settle: () => void): void => {
        timeout?.cancel();
        timeout = undefined;
        settle();
      };
      timeout = clock.setTimer(callTimeoutMs, () => end(() => reject(new NetworkFailure('ETIMEDOUT'))));
      const answers = {
        resolve: (value: unknown) => end(() => resolve(value)),
        reject: (error: unknown) => end(() => reject(error)),
      };
      this.#request(operation, input, answers, { draw, delayMs: this.#requestMs(draw) });
      if (this.#hits('duplicatePercent', draw)) {
        this.#request(operation, input, answers, { draw, delayMs: draw.between(duplicateMs) });
      }
    });
  }

  connect(channel: 'acs' | 'tcs', query: URLSearchParams): AgentLink {
    const server = this.#deps.server();
    this.#connects++;
    if (this.#isCut('up') || this.#isCut('down')) throw new NetworkFailure('ENETUNREACH');
    if (server === undefined) throw new NetworkFailure('ECONNREFUSED');
    const link = server.upgrade(channel, query, this.principal, () => this.#newLink());
    return {
      connection: link.client,
      cut: (noticedAfterMs = 0) => link.break({ clientMs: noticedAfterMs, serverMs: noticedAfterMs }),
    };
  }

  /** Every connection breaks, each end noticing at a time of its own; `never` for a server that is not told. */
  breakLinks(notice: { readonly clientMs: number | undefined; readonly serverMs: number | undefined }): void {
    for (const link of this.#links) link.break(notice);
  }

  /** The control plane's process is gone: its machine resets what is open, or says nothing. */
  serverDied(server: Server, resets: boolean): void {
    for (const [abandon, of] of this.#open) if (of === server) abandon();
    const clientMs = resets ? this.#draw.between(calmMs) : undefined;
    this.breakLinks({ clientMs, serverMs: undefined });
  }

  #newLink(): Link {
    const link: Link = new Link({
      clock: this.#deps.clock,
      latencyMs: () => this.#latencyMs(this.#draw),
      patienceMs: this.#draw.between(patienceMs),
      onOver: () => this.#links.delete(link),
    });
    this.#links.add(link);
    return link;
  }

  #request(
    operation: string,
    input: object,
    answers: { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void },
    { draw, delayMs }: { readonly draw: Draw; readonly delayMs: number },
  ): void {
    const { clock } = this.#deps;
    clock.setTimer(delayMs, () => {
      if (this.#isCut('up') || this.#hits('lossPercent', draw)) return;
      const server = this.#deps.server();
      const answer = (settle: () => void): void => {
        if (this.#hits('lossPercent', draw)) return;
        clock.setTimer(this.#latencyMs(draw), () => {
          if (!this.#isCut('down')) settle();
        });
      };
      if (server === undefined) return answer(() => answers.reject(new NetworkFailure('ECONNREFUSED')));
      const abandon = (): void => {
        this.#open.delete(abandon);
        answer(() => answers.reject(new NetworkFailure('ECONNRESET')));
      };
      this.#open.set(abandon, server);
      const done = (settle: () => void): void => {
        if (this.#open.delete(abandon) && server.alive) answer(settle);
      };
      server.handle(operation, input, this.principal).then(
        (value) => done(() => answers.resolve(value)),
        (error: unknown) => done(() => answers.reject(error)),
      );
    });
  }

  #requestMs(draw: Draw): number {
    return this.#hits('stragglePercent', draw) ? draw.between(straggleMs) : this.#latencyMs(draw);
  }

  #latencyMs(draw: Draw): number {
    let span = calmMs;
    for (const { latencyMs } of this.#conditions)
      if (latencyMs !== undefined && latencyMs[1] > span[1]) span = latencyMs;
    return draw.between(span);
  }

  #hits(what: 'lossPercent' | 'duplicatePercent' | 'stragglePercent', draw: Draw): boolean {
    let percent = 0;
    for (const condition of this.#conditions) percent = Math.max(percent, condition[what] ?? 0);
    return percent > 0 && draw.percent(percent);
  }

  #isCut(way: Direction): boolean {
    for (const { cut } of this.#conditions) if (cut?.includes(way)) return true;
    return false;
  }
}
