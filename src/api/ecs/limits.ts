/** Limits of the ECS API: "Amazon ECS service quotas" and the API reference of each operation. */
export const limits = {
  /** Ids or ARNs in one DescribeClusters, DescribeTasks or DescribeContainerInstances call. */
  describeItems: 100,
  describeServices: 10,
  updateInstancesState: 10,
  /** Of one cluster, and of one strategy. */
  capacityProviders: 20,
  runTaskCount: 10,
  startTaskInstances: 10,
  placementConstraints: 10,
  placementStrategies: 5,
  subnets: 16,
  securityGroups: 5,
  tags: 50,
  /** Characters of the overrides of one task, as JSON. */
  overridesLength: 8192,
  clientTokenLength: { runTask: 64, createService: 36 },
  startedByLength: { runTask: 128, startTask: 36 },
  /** How long an idempotency token is remembered, ms. */
  clientTokenTtlMs: 24 * 3_600_000,
  healthCheckGracePeriodSeconds: 2_147_483_647,
} as const;

/** Page sizes: the default and the most, per list. */
export const pageSizes = {
  usual: { default: 100, max: 100 },
  services: { default: 10, max: 100 },
  capacityProviders: { default: 10, max: 10 },
  accountSettings: { default: 10, max: 10 },
} as const;
