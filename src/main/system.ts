import { randomFillSync } from 'node:crypto';
import { destination, type Level, type Logger as PinoLogger, pino } from 'pino';
import { type Clock, type Instant, instantFromMs, type LogFields, type Logger, type Random, type Timer } from '#base';

/** The machine's own time. */
export class SystemClock implements Clock {
  now(): Instant {
    return instantFromMs(Date.now());
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    // Node fires at once for a delay beyond 2^31-1 ms.
    const handle = setTimeout(fire, Math.min(Math.max(0, delayMs), 2 ** 31 - 1));
    return { cancel: () => clearTimeout(handle) };
  }
}

/** The kernel's randomness, drawn in blocks. */
export class SystemRandom implements Random {
  readonly #block = new Uint32Array(256);
  #used = 256;

  uint32(): number {
    if (this.#used === this.#block.length) {
      randomFillSync(this.#block);
      this.#used = 0;
    }
    const value = this.#block[this.#used] ?? 0;
    this.#used += 1;
    return value;
  }
}

/** A logger that writes one JSON object a line to standard error. */
export function createLogger(options: { readonly level: Level; readonly name: string }): Logger {
  const sink = destination({ dest: 2, sync: true });
  return adapt(
    pino({ name: options.name, level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink),
  );
}

function adapt(logger: PinoLogger): Logger {
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void =>
      logger[level](fields, message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => adapt(logger.child(fields)),
  };
}
