import { afterMs, type Clock, sleep } from '#base';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** Asks again and again until there is a value; `undefined` when time is up. Rejects when the signal is aborted. */
export async function waitFor<T>(
  clock: Clock,
  options: WaitOptions,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = afterMs(clock.now(), options.timeoutMs);
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (clock.now() >= deadline) return undefined;
    await sleep(clock, options.intervalMs, options.signal);
  }
}
