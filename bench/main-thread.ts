/** Notes the CPU time that the main thread spends from one turn of its loop to the next: other processes do not count. */
export function watchTurns(): { end(): number } {
  let longestUs = 0;
  let last: number | undefined;
  let running = true;
  const tick = (): void => {
    const { user, system } = process.threadCpuUsage();
    if (last !== undefined) longestUs = Math.max(longestUs, user + system - last);
    last = user + system;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  return {
    end: () => {
      running = false;
      return longestUs / 1000;
    },
  };
}
