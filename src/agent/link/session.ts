import {
  type BackoffOptions,
  backoffMs,
  type Clock,
  elapsedMs,
  integerBelow,
  type Logger,
  messageOf,
  type Random,
  sleep,
  type Timer,
} from '#base';
import { type Connection, decodeFrame, type Frame } from '#wire/link';

export interface SessionOptions {
  readonly name: string;
  readonly backoff: BackoffOptions;
  /** Without a recognised frame for this long (and up to as much again, at random) the connection is given up. */
  readonly inactivityMs: number;
  /** The same for a connection whose other side asks for signs of life: it would have asked several times in that. */
  readonly unaskedMs: number;
  /** A connection is renewed after this long, so that agents spread over the control plane's endpoints. */
  readonly renewMs: number;
}

export interface SessionDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Finds the other side and opens a connection. */
  readonly open: () => Promise<Connection>;
  /** Called with each new connection, before any frame of it. */
  readonly onOpen: (connection: Connection) => void;
  /** Whether the frame's type is known: only such frames show that the other side lives. */
  readonly onFrame: (frame: Frame, connection: Connection) => boolean;
  readonly onClose: () => void;
}

/** Close codes after which the other side wants to be called again at once. */
const callAgain = new Set([1000, 1001, 1006, 1011]);
/** A connection that lasted less is no reason to hurry. */
const settledAfterMs = 5000;
const inactiveInstanceMs = 60 * 60_000;

/** Keeps a connection open until `signal` is aborted: opens it again whenever it ends. */
export async function keepConnected(options: SessionOptions, deps: SessionDeps, signal: AbortSignal): Promise<void> {
  const { clock, random, log } = deps;
  let attempt = 0;
  while (!signal.aborted) {
    const openedAt = clock.now();
    let delayMs: number;
    try {
      const { code, reason } = await oneConnection(options, deps, signal);
      if (signal.aborted) return;
      log.info('connection ended', { session: options.name, code, reason });
      const lasted = elapsedMs(openedAt, clock.now()) >= settledAfterMs;
      if (lasted) attempt = 0;
      delayMs = lasted && callAgain.has(code) ? 0 : backoffMs(options.backoff, attempt++, random);
    } catch (error) {
      if (signal.aborted) return;
      const message = messageOf(error);
      const inactive = message.includes('InactiveInstanceException');
      delayMs = inactive ? inactiveInstanceMs : backoffMs(options.backoff, attempt++, random);
      log.warn('not connected', { session: options.name, error: message, retryInMs: delayMs });
    }
    if (delayMs > 0) await sleep(clock, delayMs, signal).catch(() => {});
  }
}

async function oneConnection(
  options: SessionOptions,
  deps: SessionDeps,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly reason: string }> {
  const { clock, random, log } = deps;
  const connection = await deps.open();
  log.info('connected', { session: options.name });
  const timers: { idle?: Timer; renew?: Timer } = {};
  let asked = false;
  const alive = (): void => {
    timers.idle?.cancel();
    const waitMs = asked ? options.unaskedMs : options.inactivityMs + integerBelow(random, options.inactivityMs + 1);
    timers.idle = clock.setTimer(waitMs, () => connection.close(1011, 'Inactive: no message received'));
  };
  const onAbort = (): void => connection.close(1000, 'the agent ends');
  try {
    return await new Promise((resolve) => {
      connection.onClose((code, reason) => resolve({ code, reason }));
      connection.onMessage((text) => {
        const frame = decodeFrame(text);
        if (frame !== undefined && deps.onFrame(frame, connection)) alive();
      });
      connection.onSign(() => {
        asked = true;
        alive();
      });
      signal.addEventListener('abort', onAbort, { once: true });
      alive();
      const renewMs = options.renewMs + integerBelow(random, Math.floor(options.renewMs / 6) + 1);
      timers.renew = clock.setTimer(renewMs, () => connection.close(1000, 'ConnectionExpired: Reconnect to continue'));
      deps.onOpen(connection);
      if (signal.aborted) onAbort();
    });
  } finally {
    timers.idle?.cancel();
    timers.renew?.cancel();
    signal.removeEventListener('abort', onAbort);
    deps.onClose();
  }
}

/** The websocket below an endpoint, its query sorted: `http` becomes `ws`, `https` `wss`. */
export function socketUrl(endpoint: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(endpoint);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.pathname = `${url.pathname.replace(/\/$/, '')}/ws`;
  const parameters = new URLSearchParams(query);
  parameters.sort();
  return `${url.toString()}?${parameters.toString()}`;
}
