/** Counts by key; a count of 0 is not kept. */
export type Tally<K> = Map<K, number>;

export function addTo<K>(tally: Tally<K>, key: K, amount: number): void {
  const count = (tally.get(key) ?? 0) + amount;
  if (count === 0) tally.delete(key);
  else tally.set(key, count);
}
