/**
 * Instants and durations.
 *
 * An instant is epoch seconds with a millisecond fraction: the form AWS JSON puts on the wire, so that a stored
 * record needs no walk before it is answered. A duration is milliseconds and its name ends in `Ms`.
 * The brand keeps the two apart.
 */
export type Instant = number & { readonly __unit: 'epoch-seconds' };

/** The instant for a count of milliseconds since the epoch. */
export function instantFromMs(epochMs: number): Instant {
  return (Math.round(epochMs) / 1000) as Instant;
}

/** Whole milliseconds since the epoch. */
export function msFromInstant(instant: Instant): number {
  return Math.round(instant * 1000);
}

/** The instant `durationMs` after `instant`; a negative duration goes back. */
export function afterMs(instant: Instant, durationMs: number): Instant {
  return instantFromMs(msFromInstant(instant) + durationMs);
}

/** Milliseconds from `from` to `to`; negative when `to` is earlier. */
export function elapsedMs(from: Instant, to: Instant): number {
  return msFromInstant(to) - msFromInstant(from);
}

/** The earlier of the given instants; `undefined` when none is given. */
export function earliest(...instants: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined;
  for (const instant of instants) {
    if (instant !== undefined && (first === undefined || instant < first)) first = instant;
  }
  return first;
}
