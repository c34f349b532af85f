import { type Clock, msFromInstant } from '#base';
import { decodeMessage, payloadTypes, textOf } from '#wire/session';

/** Where what a session shows is kept. */
export interface TranscriptPlace {
  /** The id of a log group. */
  readonly logGroup: string;
  readonly logStream: string;
}

export interface TranscriptLine {
  readonly timestampMs: number;
  readonly message: string;
}

export interface TranscriptDeps {
  readonly clock: Clock;
  /** Keeps lines; called with the next ones when it has done so. */
  readonly keep: (place: TranscriptPlace, lines: readonly TranscriptLine[]) => Promise<void>;
  /** Some lines could not be kept. */
  readonly onLost: (error: unknown) => void;
}

/** A line that is longer is kept in parts. */
const longestLine = 64 * 1024;

/** What the caller of a session sees, line by line, repeated messages once. What is typed is there as its terminal shows it. */
export class Transcript {
  readonly #place: TranscriptPlace;
  readonly #deps: TranscriptDeps;
  #nextSequence = 0;
  #line = '';
  #waiting: TranscriptLine[] = [];
  #busy = false;

  constructor(place: TranscriptPlace, deps: TranscriptDeps) {
    this.#place = place;
    this.#deps = deps;
  }

  /** A message from the command's side. */
  take(data: string | Uint8Array): void {
    const message = typeof data === 'string' ? undefined : decodeMessage(data);
    if (message?.type !== 'output_stream_data' || message.sequence < this.#nextSequence) return;
    this.#nextSequence = message.sequence + 1;
    if (message.payloadType !== payloadTypes.output && message.payloadType !== payloadTypes.standardError) return;
    const lines = (this.#line + textOf(message.payload)).split('\n');
    this.#line = lines.pop() ?? '';
    if (this.#line.length > longestLine) {
      lines.push(this.#line);
      this.#line = '';
    }
    this.#add(lines);
  }

  /** The session is over. */
  end(): void {
    if (this.#line !== '') this.#add([this.#line]);
    this.#line = '';
  }

  #add(lines: readonly string[]): void {
    const timestampMs = Math.floor(msFromInstant(this.#deps.clock.now()));
    for (const line of lines) {
      const message = line.replace(/\r$/, '');
      if (message !== '') this.#waiting.push({ timestampMs, message });
    }
    if (!this.#busy) void this.#keepAll();
  }

  async #keepAll(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const lines = this.#waiting.splice(0, mostLines);
      await this.#deps.keep(this.#place, lines).catch(this.#deps.onLost);
    }
    this.#busy = false;
  }
}

/** Kept at once: far below what a log store takes. */
const mostLines = 10;
