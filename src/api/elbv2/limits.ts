/** Source: "Quotas for your Application Load Balancers", "… Network Load Balancers" and the API reference. */
export const limits = {
  loadBalancersPerRegion: 50,
  listenersPerLoadBalancer: 50,
  /** Without default rules. */
  rulesPerLoadBalancer: 100,
  certificatesPerLoadBalancer: 25,
  targetGroupsPerRegion: 3000,
  targetsPerTargetGroup: 1000,
  targetGroupsPerAction: 5,
  conditionValuesPerRule: 5,
  nameLength: 32,
  tags: 50,
  pageSize: 400,
  highestPriority: 50_000,
  highestWeight: 999,
  longestStickinessSeconds: 604_800,
} as const;
