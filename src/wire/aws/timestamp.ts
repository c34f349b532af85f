// oxlint-disable no-restricted-globals -- Date converts given instants here; nothing asks it for the time.
import { type Instant, instantFromMs } from '#base';
import type { TimestampFormat } from './shape.ts';

/** The range of ECMAScript's dates, in seconds. */
const maxSeconds = 8.64e12;

/** The instant a JSON timestamp names; `undefined` when it is none in the wanted format. */
export function parseTimestamp(value: unknown, format: TimestampFormat): Instant | undefined {
  if (format === 'default' || format === 'epoch-seconds') {
    if (typeof value !== 'number' || !(Math.abs(value) <= maxSeconds)) return undefined;
    return instantFromMs(value * 1000);
  }
  if (typeof value !== 'string') return undefined;
  return format === 'date-time' ? parseDateTime(value) : parseHttpDate(value);
}

const dateTimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339. */
export function parseDateTime(text: string): Instant | undefined {
  return dateTimePattern.test(text) ? parsed(text) : undefined;
}

const httpDatePattern = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d(\.\d{1,3})? GMT$/;

/** `Sun, 06 Nov 1994 08:49:37 GMT`, the form of RFC 9110. */
export function parseHttpDate(text: string): Instant | undefined {
  return httpDatePattern.test(text) ? parsed(text) : undefined;
}

/** `20261121T091500Z`, the form of a signature. */
export function parseBasicDateTime(text: string): Instant | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return parsed(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** `20261121T091500Z`. */
export function formatBasicDateTime(instant: Instant): string {
  const iso = new Date(instant * 1000).toISOString();
  return `${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** An instant, or a Date, as JSON carries it in `format`. */
export function formatTimestamp(value: number | Date, format: TimestampFormat): number | string {
  if (format === 'default' || format === 'epoch-seconds')
    return typeof value === 'number' ? value : value.getTime() / 1000;
  // Rounded: a Date drops what is beyond a millisecond, and seconds have no exact thousandths.
  const date = typeof value === 'number' ? new Date(Math.round(value * 1000)) : value;
  return format === 'date-time' ? date.toISOString() : date.toUTCString();
}

export function isDate(value: unknown): value is Date {
  return value instanceof Date;
}

function parsed(text: string): Instant | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : instantFromMs(ms);
}
