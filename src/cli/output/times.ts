// oxlint-disable no-restricted-globals -- Date converts given instants here; nothing asks it for the time.

/** `2026-11-22T10:00:00.123Z` */
export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Epoch ms of a time that begins with a date as RFC 3339 has it; `undefined` for anything else. */
export function parseTime(text: string): number | undefined {
  const epochMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(epochMs) ? undefined : epochMs;
}
