/**
 * Whether a process has ended, from its `/proc/PID/stat`. One that was not waited for yet keeps its number, in state Z;
 * so does one whose first thread has ended and whose others still have its sockets open: it is not over before they are.
 */
export function hasEnded(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const threads = Number(fields[17]);
  return fields[0] === 'X' || (fields[0] === 'Z' && threads <= 1);
}
