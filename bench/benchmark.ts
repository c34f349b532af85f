/** One figure of a benchmark; with a peer, the same measure of it in the same run and the ratio between the two. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: number;
  readonly ratio?: number;
}

/** What could not be compared, and why. */
export interface Note {
  readonly note: string;
}

/** What a benchmark was asked for beside its name: `--events-kept 0` is `{ 'events-kept': '0' }`. */
export type Options = Readonly<Record<string, string | undefined>>;

export interface Benchmark {
  readonly name: string;
  /** The options it understands, each with what its value is. */
  readonly options?: Readonly<Record<string, string>>;
  run(options: Options): Promise<readonly (Row | Note)[]>;
}

/** A figure beside its peer's; alone where there is no peer. */
export function against(what: string, unit: string, value: number, peer: number | undefined): Row {
  return peer === undefined ? { what, value, unit } : { what, value, unit, peer, ratio: value / peer };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds that `work` took, with its value. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}
