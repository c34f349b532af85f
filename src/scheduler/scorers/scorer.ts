/** One preference over the hosts of a pool, which are known by their slots; good for one call of placement. */
export interface Scorer {
  /** Lower is better; equal scores leave the choice to the next scorer. */
  score(slot: number): number;
  /** A task was placed there. */
  placed(slot: number): void;
}
