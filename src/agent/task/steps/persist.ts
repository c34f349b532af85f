import { type Clock, Fault, sleep } from '#base';
import { isTimeout, rethrowUnavailable } from '../changes.ts';

const tries = 5;
/** ms. Between two tries of what must be undone. */
export const cleanUpPauseMs = 1000;

/** Does again what failed, a few times; not when nothing is there, or the engine took too long. */
export async function persist<T>(clock: Clock, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      rethrowUnavailable(error);
      const final = isTimeout(error) || (error instanceof Fault && error.code === 'NotFound');
      if (attempt >= tries || final) throw error;
      await sleep(clock, cleanUpPauseMs, signal);
    }
  }
}
