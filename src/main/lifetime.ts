import { Interrupted } from '../cli/failure.ts';

/** How long what is still open may keep a finished process from ending, ms. */
const exitGraceMs = 10_000;

/** Aborted, with an Interrupted, when the process is told to end. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // Asked twice: whatever is in the way of a proper end has had its chance.
      if (stop.signal.aborted && name === 'SIGINT') process.exit(130);
      stop.abort(new Interrupted(name));
    });
  }
  return stop.signal;
}

/** The work is done: the process ends by itself, or is ended after a grace. */
export function expectEnd(): void {
  setTimeout(() => {
    process.stderr.write('roadstead: something kept running after the command had ended\n');
    process.exit();
  }, exitGraceMs).unref();
}
