/** How long records are kept after their end. */
export interface ReaperSettings {
  /** A stopped task can be described for at least this long; ECS promises one hour. */
  readonly stoppedTaskMinMs: number;
  /** A stopped task is forgotten after this long. */
  readonly stoppedTaskMaxMs: number;
  /** Stopped tasks of one cluster; above it, the ones stopped longest go first, but none before its minimum. */
  readonly stoppedTasksPerCluster: number;
  /** INACTIVE clusters, services, container instances and capacity providers can be described for this long. */
  readonly inactiveMs: number;
  /** How long a deleted task definition is shown as DELETE_IN_PROGRESS at least. */
  readonly deletedDefinitionMs: number;
  /** Service deployments and revisions are told of for this long; ECS keeps them for 90 days. */
  readonly serviceHistoryMs: number;
  /** What became of a request to Cloud Map can be asked for this long. */
  readonly discoveryOperationMs: number;
  /** What became of a change of Route 53 can be asked this long. */
  readonly dnsChangeMs: number;
  /** How often to look for what is over. */
  readonly sweepMs: number;
}

const hourMs = 60 * 60_000;

export const defaultReaperSettings: ReaperSettings = {
  stoppedTaskMinMs: hourMs,
  stoppedTaskMaxMs: 7 * 24 * hourMs,
  stoppedTasksPerCluster: 1_000,
  inactiveMs: hourMs,
  deletedDefinitionMs: 60_000,
  serviceHistoryMs: 90 * 24 * hourMs,
  discoveryOperationMs: 24 * hourMs,
  dnsChangeMs: 24 * hourMs,
  sweepMs: 60_000,
};
