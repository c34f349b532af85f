/** Instances of a Cloud Map service. Source: "Service discovery considerations": a service has up to 1,000 tasks. */
export const instancesPerService = 1_000;
/** How long a task that could not be registered is left alone, ms. */
export const retryMs = 15_000;
/** How old a certificate of Service Connect gets, ms. Source: "Service Connect TLS": rotated every five days. */
export const certificateRenewalMs = 5 * 24 * 3_600_000;
