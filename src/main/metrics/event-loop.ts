import { durationBounds, type Metrics } from '#base';

/** A turn longer than this is a stall, ms: a request that came in meanwhile has waited as long. */
const stallMs = 20;
/** Between two looks at the thread's CPU time, in ms of work: it costs a system call. */
const cpuLookMs = 1;
/** Between two looks at how late a timer is, ms. */
const delayEveryMs = 100;

/**
 * Measures the event loop until disposed. Every turn is seen, not a sample of them: an immediate that does not keep the
 * loop awake runs once a turn, and what the turn spent waiting for events is taken off. That costs about a microsecond.
 */
export function watchEventLoop(metrics: Metrics): Disposable {
  const turns = watchTurns(metrics);
  const delays = watchDelay(metrics);
  return {
    [Symbol.dispose]() {
      turns[Symbol.dispose]();
      delays[Symbol.dispose]();
    },
  };
}

function watchTurns(metrics: Metrics): Disposable {
  const turns = metrics
    .histograms(
      'roadstead_event_loop_turn_seconds',
      'Time one turn of the event loop worked; what comes in waits so long.',
    )
    .of();
  const stalls = metrics.counters(
    'roadstead_event_loop_stalls_total',
    `Turns above ${stallMs} ms. own: the thread computed that long; machine: it was kept from the processor or waited for a system call.`,
    ['cause'],
  );
  const [own, machine] = [stalls.of('own'), stalls.of('machine')];
  const longestMs = { own: 0, machine: 0 };
  metrics.readings(
    'roadstead_event_loop_turn_longest_seconds',
    'gauge',
    'The longest since the start, of turns that were stalls. own: computing in one turn; machine: kept waiting in one.',
    ['cause'],
    () => [
      [['own'], longestMs.own / 1000],
      [['machine'], longestMs.machine / 1000],
    ],
  );

  let nowMs = performance.now();
  let idleMs = performance.eventLoopUtilization().idle;
  let cpuMs = threadCpuMs();
  let sinceCpuMs = 0;
  const look = (): void => {
    const now = performance.now();
    const { idle } = performance.eventLoopUtilization();
    const workMs = Math.max(0, now - nowMs - (idle - idleMs));
    nowMs = now;
    idleMs = idle;
    turns.observe(workMs / 1000);
    sinceCpuMs += workMs;
    if (sinceCpuMs > cpuLookMs) {
      const cpu = threadCpuMs();
      // The CPU time may hold a millisecond of earlier turns: what is near the limit counts as our own.
      if (workMs > stallMs) {
        const ownMs = Math.min(cpu - cpuMs, workMs);
        (cpu - cpuMs > stallMs ? own : machine).add();
        longestMs.own = Math.max(longestMs.own, ownMs);
        longestMs.machine = Math.max(longestMs.machine, workMs - ownMs);
      }
      cpuMs = cpu;
      sinceCpuMs = 0;
    }
    next = setImmediate(look).unref();
  };
  let next = setImmediate(look).unref();
  return { [Symbol.dispose]: () => clearImmediate(next) };
}

/** How late a timer is also tells of a machine so busy that the process is not even woken. */
function watchDelay(metrics: Metrics): Disposable {
  const delays = metrics
    .histograms(
      'roadstead_event_loop_delay_seconds',
      `How late a timer fired, looked at every ${delayEveryMs} ms: our own turns and a busy machine.`,
      [],
      durationBounds,
    )
    .of();
  let dueMs = performance.now() + delayEveryMs;
  const look = (): void => {
    const now = performance.now();
    delays.observe(Math.max(0, now - dueMs) / 1000);
    dueMs = now + delayEveryMs;
    timer.refresh();
  };
  const timer = setTimeout(look, delayEveryMs).unref();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
