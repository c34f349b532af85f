/** Limits of the ECS API: "Amazon ECS service quotas" and the API reference of each operation. */
export const limits = {
  /** Ids or ARNs in one DescribeClusters, DescribeTasks or DescribeContainerInstances call. */
  describeItems: 100,
  describeServices: 10,
  /** ARNs in one DescribeServiceDeployments or DescribeServiceRevisions call. */
  describeHistory: 20,
  /** Characters of the name of a CloudWatch alarm. */
  alarmNameLength: 255,
  bakeTimeInMinutes: 1_440,
  /** Lifecycle hooks of a service, and how long each may take, minutes. */
  pauseHooks: 10,
  lambdaHooks: 10,
  pauseTimeoutMinutes: 20_160,
  lambdaTimeoutMinutes: 1_440,
  hookTimeoutMinutes: 1_440,
  leastStepPercent: 3,
  leastCanaryPercent: 0.1,
  updateInstancesState: 10,
  updateTaskProtection: 10,
  protectionMinutes: { least: 1, most: 2880, otherwise: 120 },
  /** Attributes in one PutAttributes or DeleteAttributes call. */
  attributesPerCall: 10,
  /** Deployments or revisions of daemons in one call. */
  describeDaemonItems: 20,
  /** Names in one ListGateways call. */
  listedGatewayNames: 10,
  /** Of one cluster, and of one strategy. */
  capacityProviders: 20,
  /** Those DRAINING too. No longer in the list of quotas; it was this. */
  taskSetsPerService: 5,
  runTaskCount: 10,
  startTaskInstances: 10,
  placementConstraints: 10,
  placementStrategies: 5,
  /** Of one service. */
  targetGroups: 5,
  /** Characters of the overrides of one task, as JSON. */
  overridesLength: 8192,
  clientTokenLength: { runTask: 64, createService: 36, createTaskSet: 36, createDaemon: 36, createGateway: 64 },
  startedByLength: { runTask: 128, startTask: 36 },
  /** How long an idempotency token is remembered, ms. */
  clientTokenTtlMs: 24 * 3_600_000,
  /** And how long after the last of its tasks stopped, ms. */
  clientTokenAfterTaskMs: 3_600_000,
  /** Failures kept with a token: every call of an SDK has one, and each failure some 120 bytes. */
  rememberedFailures: 10,
  healthCheckGracePeriodSeconds: 2_147_483_647,
} as const;

/** Page sizes: the default and the most, per list. */
export const pageSizes = {
  usual: { default: 100, max: 100 },
  services: { default: 10, max: 100 },
  deployments: { default: 20, max: 100 },
  gatewayResources: { default: 10, max: 20 },
  serviceDeployments: { default: 20, max: 100 },
  capacityProviders: { default: 10, max: 10 },
  accountSettings: { default: 10, max: 10 },
} as const;
