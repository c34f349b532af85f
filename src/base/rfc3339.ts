import { type Instant, msFromInstant } from './time.ts';

const dayMs = 86_400_000;

/**
 * An instant as RFC 3339 text in UTC, to the second: `2026-10-09T12:00:00Z`. The form of a credential's `expiration`.
 * For years 0 to 9999.
 */
export function rfc3339(at: Instant): string {
  const epochMs = msFromInstant(at);
  const days = Math.floor(epochMs / dayMs);
  const seconds = Math.floor((epochMs - days * dayMs) / 1000);
  const { year, month, day } = civilDate(days);
  const date = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => padded(part, 2));
  return `${date}T${time.join(':')}Z`;
}

/** The same to the millisecond, without zeros at the end: `2026-10-09T12:00:00.25Z`. The form of Go's RFC3339Nano. */
export function rfc3339Exact(at: Instant): string {
  const ms = ((msFromInstant(at) % 1000) + 1000) % 1000;
  const fraction = ms === 0 ? '' : `.${padded(ms, 3).replace(/0+$/, '')}`;
  return rfc3339(at).replace('Z', `${fraction}Z`);
}

/**
 * The Gregorian date of a count of days since 1970-01-01. Years are counted from March, in eras of 400 years (146097
 * days), so that the leap day comes last in its year.
 */
function civilDate(daysSinceEpoch: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = daysSinceEpoch + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
