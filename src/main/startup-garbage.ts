import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Lets code that starts later, threads included, call for a collection. First of all: it is for contexts made afterwards. */
export function exposeCollector(): void {
  setFlagsFromString('--expose-gc');
}

/** With more in use than this, the state is large and collecting it would hold the start up. */
const smallHeapBytes = 64 * 2 ** 20;

/**
 * Gives back what only starting needed: garbage of loading some hundred modules, and the nursery that grew with it,
 * which V8 otherwise keeps until the heap doubles. It takes some 50 ms, so it is done once, before anybody is served. No
 * heap is capped: the nursery grows again under load.
 */
export function dropStartupGarbage(): void {
  if (process.memoryUsage().heapUsed > smallHeapBytes) return;
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
