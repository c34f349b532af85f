import { expect, test } from 'vitest';
import { hasEnded } from './process-stat.ts';

const stat = (state: string, threads: number): string =>
  `4711 (node) ) Z R) ${state} 1 4711 4711 0 -1 4194304 0 0 0 0 3 1 0 0 20 0 ${threads} 0 8816 0 0 18446744073709551615`;

test.each([
  { state: 'S', threads: 11, ended: false },
  { state: 'R', threads: 1, ended: false },
  { state: 'Z', threads: 1, ended: true },
  // A kernel may count none for a process whose number alone is left.
  { state: 'Z', threads: 0, ended: true },
  { state: 'X', threads: 0, ended: true },
  // Seen in 15 of 300 ends of a server on a busy machine: its port could not be listened on yet.
  { state: 'Z', threads: 2, ended: false },
])('a process in state $state with $threads threads has ended: $ended', ({ state, threads, ended }) => {
  expect(hasEnded(stat(state, threads))).toBe(ended);
});
