import { type Clock, Fault, type Timer } from '#base';

/** What a container was to become when the engine did not answer in time, in the words of ECS's agent. */
export type Transition = 'created' | 'started' | 'stopped';

/**
 * Waits for a call of the engine's, at most `limitMs`; then the call is given up. Throws Fault `Timeout` with ECS's
 * sentence. What the engine does about a call that was given up is its own affair.
 */
export async function within<T>(
  clock: Clock,
  limitMs: number,
  transition: Transition,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const given = new AbortController();
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimer(limitMs, () => {
      const text = `Could not transition to ${transition}; timed out after waiting ${duration(limitMs)}`;
      const fault = new Fault('Timeout', text);
      reject(fault);
      given.abort(fault);
    });
  });
  try {
    return await Promise.race([call(given.signal), late]);
  } finally {
    timer?.cancel();
  }
}

/** `1h0m0s`, `3m0s`, `45s`, `1.5s`. */
export function duration(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = (ms % 60_000) / 1000;
  const parts = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${parts}${seconds}s`;
}

/** Who says it: an instance's agent names the engine, Fargate the runtime. */
export function timeoutName(launchType: string): string {
  return launchType === 'FARGATE' ? 'ContainerRuntimeTimeoutError' : 'DockerTimeoutError';
}
