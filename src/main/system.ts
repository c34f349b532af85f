import { randomFillSync } from 'node:crypto';
import { destination, type Level, type Logger as PinoLogger, pino } from 'pino';
import type { LogFields, Logger, Random } from '#base';

/** The kernel's randomness, drawn in blocks. */
export class SystemRandom implements Random {
  /** Asking the kernel costs far more than what it gives; a request takes some thirty numbers. */
  readonly #block = new Uint32Array(4096);
  #used = 4096;

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
