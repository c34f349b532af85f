export const usageLimits = {
  /** Tasks of which something is kept: what ECS allows a cluster, twice. */
  tasks: 200_000,
  /** Of a task; the newest may not be over, so that two whole ones are always there. */
  minutes: 3,
  /** ms. A task of which nothing came for so long has none: agents tell every 20 s. */
  keptMs: 3 * 60_000,
  /** ms. How often what is too old is looked for. */
  sweepMs: 60_000,
  /** Of a task, in one message: far above what a definition may have. */
  containers: 100,
  /** Of a task, in one message: ECS allows one. */
  volumes: 10,
  /** Of Service Connect: metrics of a name at a service, all together. */
  connectSeries: 100_000,
} as const;
