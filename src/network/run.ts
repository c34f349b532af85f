import { type AddressRange, nextAddress } from './address.ts';

/** Addresses of a subnet that one host's tasks get one after the other: from `next` on, `end` no longer. */
export interface AddressRun {
  readonly next: number;
  readonly end: number;
}

export interface Hints {
  /** Of the task's host. */
  readonly run: AddressRun | undefined;
  /** Where the next run of the subnet begins. */
  readonly cursor: number | undefined;
}

export interface FoundAddress {
  readonly address: number;
  readonly run: AddressRun;
  readonly cursor: number | undefined;
}

/** Longer than any burst of starts that a host prepares for. */
const runLength = 64;

/**
 * The next free address of the host's run; where that has none left, the host's next run begins at the subnet's next
 * free one. `undefined` when no address of the subnet is free: runs are hints, never a reason to refuse.
 */
export function addressFor(
  range: AddressRange,
  { run, cursor }: Hints,
  isUsed: (address: string) => boolean,
): FoundAddress | undefined {
  const nextFree = (from: number | undefined): number | undefined => nextAddress(range, from, isUsed);
  const within = run === undefined || run.next >= run.end ? undefined : nextFree(run.next);
  if (run !== undefined && within !== undefined && within >= run.next && within < run.end) {
    return { address: within, run: { next: within + 1, end: run.end }, cursor };
  }
  const first = nextFree(cursor);
  if (first === undefined) return undefined;
  const end = Math.min(first + runLength, range.last + 1);
  return { address: first, run: { next: first + 1, end }, cursor: end };
}
