import { type Instant, msFromInstant, rfc3339 } from '#base';

/** An instant as events show it: ISO 8601 with milliseconds. */
export function isoTime(instant: Instant): string {
  const fraction = String(msFromInstant(instant) % 1000).padStart(3, '0');
  return rfc3339(instant).replace('Z', `.${fraction}Z`);
}
