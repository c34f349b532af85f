import { createHash } from 'node:crypto';

/** What happened, a line each: the same for the same seed and commit, byte for byte. */
export class EventLog {
  /** The latest lines. */
  readonly lines: string[] = [];
  readonly #hash = createHash('sha256');
  readonly #options: EventLogOptions;
  #count = 0;
  #pending: string[] = [];

  constructor(options: EventLogOptions) {
    this.#options = options;
  }

  /** Who did what, e.g. `agent h12`, `connected`. */
  add(who: string, what: string): void {
    const line = `${elapsedText(this.#options.elapsedMs())} ${who}: ${what}`;
    this.#count++;
    this.#pending.push(line);
    if (this.#pending.length >= 256) this.#flush();
  }

  get count(): number {
    return this.#count;
  }

  /** The digest of all lines so far, in hexadecimal. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const text = `${this.#pending.join('\n')}\n`;
    this.#hash.update(text);
    this.#options.write?.(text);
    this.lines.push(...this.#pending);
    this.#pending = [];
    if (this.lines.length > 2 * this.#options.keep) this.lines.splice(0, this.lines.length - this.#options.keep);
  }
}

export interface EventLogOptions {
  /** Lines to keep at least. */
  readonly keep: number;
  readonly elapsedMs: () => number;
  readonly write?: (text: string) => void;
}

/** Simulated time since the start: `+1:02:03.004`. */
export function elapsedText(elapsedMs: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.floor(elapsedMs / 1000);
  const milliseconds = String(elapsedMs % 1000).padStart(3, '0');
  return `+${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${milliseconds}`;
}
