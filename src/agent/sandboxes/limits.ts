export interface SandboxLimits {
  /** Spares of all subnets together. */
  readonly max: number;
  /** Spares for a subnet whose tasks start one by one. */
  readonly least: number;
  /** Starts within this belong to one burst. */
  readonly burstMs: number;
  /** The largest burst within this is what spares are kept for. */
  readonly rememberMs: number;
  /** A subnet without a start for as long as this has no spares. */
  readonly forgetMs: number;
  /** Nothing is made or removed this soon after a start: more may come. */
  readonly quietMs: number;
  /** So many misses on end, and a subnet has no spares until they are no longer remembered. */
  readonly missesOnEnd: number;
}

/** How spares are numbered; the most is the user's setting. */
export const sandboxLimits: Omit<SandboxLimits, 'max'> = {
  least: 2,
  burstMs: 10_000,
  rememberMs: 30 * 60_000,
  forgetMs: 24 * 60 * 60_000,
  quietMs: 1000,
  missesOnEnd: 3,
};

/** MiB that a spare takes of the host, at most: the executable sleeps, its shim is what takes memory. */
export const spareMiB = 5;

/** Spares take at most one part in so many of the host's memory. */
export const memoryPart = 50;

/** Starts remembered of one subnet. */
export const mostStarts = 256;

/** Subnets remembered. */
export const mostSeries = 16;

/** ms. After a spare could not be made. */
export const restMs = 30_000;

/** ms. What is due is looked at this often at least: clocks are set. */
export const longestWaitMs = 3_600_000;
