import { flushCompileCache } from 'node:module';

/** With more in use than this, the state is large and collecting it would hold the start up. */
const smallHeapBytes = 64 * 2 ** 20;

/**
 * Gives back what only starting needed: compiled code as it was read from its cache, garbage of loading some hundred
 * modules, and the nursery that grew with it, which V8 otherwise keeps until the heap doubles. Collecting takes some
 * 50 ms, so it is done once, before anybody is served, and only where the process was started with `--expose-gc`. No heap
 * is capped: the nursery grows again under load.
 */
export function dropStartupGarbage(): void {
  // Written now, the cache is there for the next start however this process ends.
  flushCompileCache();
  if (process.memoryUsage().heapUsed > smallHeapBytes) return;
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
