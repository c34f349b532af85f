/** A page of what is sorted, from the first that is `from` or after it on. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The first of the next page. */
  readonly next: T | undefined;
}

export function pageOf<T>(sorted: readonly T[], isBefore: (item: T) => boolean, limit: number): Page<T> {
  const rest = sorted.filter((item) => !isBefore(item));
  return { items: rest.slice(0, limit), next: rest[limit] };
}

/** The page's size: what is asked for, and no more than there may be. */
export function pageLimit(asked: number | undefined, most: number): number {
  return asked === undefined || asked < 1 ? most : Math.min(asked, most);
}

/** Compares texts by their characters. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
