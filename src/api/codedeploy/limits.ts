/** Source: "CodeDeploy quotas" in the user guide, and the API reference at each operation. */
export const limits = {
  applicationsPerRegion: 1_000,
  groupsPerApplication: 1_000,
  configsPerRegion: 50,
  revisionsPerApplication: 1_000,
  alarms: 10,
  /** Of what batch operations name. */
  batch: { applications: 100, groups: 100, deployments: 25, revisions: 25, targets: 25 },
  page: 100,
  /** Two days. */
  terminationWaitMinutes: 2_880,
  readyWaitMinutes: 2_880,
  /** From the first step of traffic to the last. */
  routingMinutes: 2_880,
  appSpecCharacters: 262_144,
} as const;
