/** Limits of the ACM API. Source: "Quotas" in its user guide, and its reference at each operation. */
export const limits = {
  certificatesPerRegion: 2_500,
  /** Names of one certificate. */
  names: 100,
  /** Certificates in a page. */
  page: 100,
  /** A request with the same token is the same request for so long, ms. */
  idempotencyMs: 3_600_000,
  tagsPerCertificate: 50,
  /** Names of a certificate that lists show. */
  namesInSummary: 100,
} as const;
