/** Limits of the Route 53 API. Source: "Quotas" in its developer guide, and its reference at each operation. */
export const limits = {
  zonesPerAccount: 500,
  recordSetsPerZone: 10_000,
  vpcsPerZone: 300,
  /** Zones in a page. */
  zonePage: 100,
  /** Record sets in a page. */
  recordSetPage: 300,
  /** Changes in a batch. */
  changesPerBatch: 1_000,
  valuesPerRecordSet: 400,
  tagsPerResource: 50,
} as const;
