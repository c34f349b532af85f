import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import type { Metrics } from '#base';

const gcKinds: Readonly<Record<number, string>> = { 1: 'minor', 2: 'minor', 4: 'major', 8: 'incremental', 16: 'weak' };

/** Series of the process itself: memory, processor, pauses of the garbage collector. Ends when disposed. */
export function watchProcess(
  metrics: Metrics,
  build: { readonly version: string; readonly startedAt: number },
): Disposable {
  metrics.readings('roadstead_build_info', 'gauge', 'Always 1; the labels tell.', ['version', 'node_version'], () => [
    [[build.version, process.version], 1],
  ]);
  metrics.reading('process_start_time_seconds', 'gauge', 'Start, seconds since the epoch.', () => build.startedAt);
  metrics.readings('process_cpu_seconds_total', 'counter', 'Processor time, all threads.', [], () => {
    const { user, system } = process.cpuUsage();
    return [[[], (user + system) / 1e6]];
  });
  metrics.reading('process_resident_memory_bytes', 'gauge', 'Memory in RAM, shared pages included.', () =>
    process.memoryUsage.rss(),
  );
  metrics.readings('roadstead_heap_bytes', 'gauge', "The main thread's JavaScript heap.", ['state'], () => {
    const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
    return [
      [['used'], heapUsed],
      [['reserved'], heapTotal],
      [['external'], external],
      [['buffers'], arrayBuffers],
    ];
  });
  const pauses = metrics.histograms('roadstead_gc_pause_seconds', 'Pauses of the garbage collector.', ['kind']);
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) pauses.of(kindOf(entry)).observe(entry.duration / 1000);
  });
  observer.observe({ entryTypes: ['gc'] });
  return { [Symbol.dispose]: () => observer.disconnect() };
}

function kindOf(entry: PerformanceEntry): string {
  const { detail } = entry as PerformanceEntry & { readonly detail?: { readonly kind: number } };
  return gcKinds[detail?.kind ?? 0] ?? 'other';
}
