/** Source: "AWS Cloud Map service quotas", and the API reference at each operation. */
export const limits = {
  namespacesPerRegion: 50,
  instancesPerNamespace: 2_000,
  instancesPerService: 1_000,
  /** Beside those whose names begin with AWS_. */
  customAttributes: 30,
  /** Names and values of an instance's attributes together, characters. */
  attributeCharacters: 5_000,
  serviceAttributes: 30,
  page: 100,
  /** How long a CreatorRequestId is remembered, ms. */
  requestIdMs: 24 * 3_600_000,
  /** Of a private zone, where the request says nothing, seconds. Observed. */
  soaTtl: 15,
} as const;
