import { backoffMs, type Clock, type Ids, type Timer } from '#base';
import { familiesOfKind, type HostStateFamily } from '#wire/link';
import type { DispatchSettings } from '../limits.ts';
import { type DocumentKey, type Documents, documentAddress } from './documents.ts';
import { hostStateFrame, type Piece } from './frame.ts';
import { hostStateMessageCharacters } from './limits.ts';

export interface HostStateChannelOptions {
  readonly host: string;
  readonly families: ReadonlySet<HostStateFamily>;
  readonly resendMs: DispatchSettings['resendMs'];
}

export interface HostStateChannelDeps {
  readonly send: (text: string) => void;
  readonly clock: Clock;
  readonly ids: Ids;
}

interface InFlight {
  readonly messageId: string;
  readonly text: string;
  readonly attempts: number;
  readonly timer: Timer;
}

/**
 * What one connected agent is told of its documents: everything first, then what changes. One message is under way at a
 * time; what changes meanwhile waits and goes out together, as it is by then.
 */
export class HostStateChannel {
  readonly host: string;
  readonly #options: HostStateChannelOptions;
  readonly #deps: HostStateChannelDeps;
  /** Documents to be named in the series under way, and whether that is everything. */
  #series: { readonly complete: boolean; readonly keys: DocumentKey[] } | undefined;
  readonly #changed = new Set<DocumentKey>();
  /** Everything is to be said (again). */
  #everything = true;
  #inFlight: InFlight | undefined;
  #ended = false;

  constructor(options: HostStateChannelOptions, deps: HostStateChannelDeps) {
    this.host = options.host;
    this.#options = options;
    this.#deps = deps;
  }

  /** Nothing is to be said that the agent has not acknowledged. */
  get settled(): boolean {
    return !this.#everything && this.#inFlight === undefined && this.#changed.size === 0;
  }

  note(key: DocumentKey): void {
    if (!this.#everything && this.#wants(key)) this.#changed.add(key);
  }

  /** What was told may be wrong: everything is said again. */
  restart(): void {
    this.#everything = true;
    this.#changed.clear();
  }

  /** Sends what there is to say, unless an answer is awaited. */
  flush(documents: Documents): void {
    if (this.#ended || this.#inFlight !== undefined) return;
    this.#series ??= this.#nextSeries(documents);
    if (this.#series === undefined) return;
    const { complete, keys } = this.#series;
    const piece = this.#piece(documents, keys);
    const last = keys.length === 0;
    if (last) this.#series = undefined;
    const messageId = this.#deps.ids.uuid();
    this.#transmit(messageId, hostStateFrame({ messageId, complete, last, ...piece }), 0);
  }

  /** Whether the message was this channel's; the next may go out then. */
  acked(messageId: string): boolean {
    if (this.#inFlight?.messageId !== messageId) return false;
    this.#inFlight.timer.cancel();
    this.#inFlight = undefined;
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#inFlight?.timer.cancel();
  }

  #nextSeries(documents: Documents): { readonly complete: boolean; readonly keys: DocumentKey[] } | undefined {
    if (this.#everything) {
      this.#everything = false;
      return { complete: true, keys: [...documents.keysFor(this.host)].filter((key) => this.#wants(key)) };
    }
    if (this.#changed.size === 0) return undefined;
    const keys = [...this.#changed];
    this.#changed.clear();
    return { complete: false, keys };
  }

  /** Takes keys off the list until the message is full. */
  #piece(documents: Documents, keys: DocumentKey[]): Piece {
    const put: string[] = [];
    const remove: DocumentKey[] = [];
    let characters = 0;
    while (keys.length > 0 && characters < hostStateMessageCharacters) {
      const key = keys.pop() as DocumentKey;
      const text = documents.textFor(this.host, key);
      if (text === undefined) remove.push(key);
      else put.push(text);
      characters += text?.length ?? key.length;
    }
    return { put, remove };
  }

  #wants(key: DocumentKey): boolean {
    const { families } = this.#options;
    return familiesOfKind[documentAddress(key).kind].some((family) => families.has(family));
  }

  #transmit(messageId: string, text: string, attempts: number): void {
    const { clock, ids, send } = this.#deps;
    const { first, max } = this.#options.resendMs;
    const options = { firstMs: first, maxMs: max, factor: [2, 1], jitterPercent: 20 } as const;
    const timer = clock.setTimer(backoffMs(options, attempts, ids.random), () => {
      if (!this.#ended) this.#transmit(messageId, text, attempts + 1);
    });
    this.#inFlight = { messageId, text, attempts, timer };
    send(text);
  }
}
