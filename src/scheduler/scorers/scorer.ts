import type { HostView } from '../types.ts';

/**
 * One preference over the hosts of one placement call, which are known by their position in it. It is kept up to date
 * with each task that is placed, so that asking for a score costs next to nothing.
 */
export interface Scorer {
  /** Lower is better; equal scores leave the choice to the next scorer. */
  score(slot: number): number;
  /** A task was placed; `host` is what the host has become. */
  placed(slot: number, host: HostView): void;
}
