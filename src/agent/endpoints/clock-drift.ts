import { execFile } from 'node:child_process';
import { instantFromMs, rfc3339 } from '#base';

/** In Fargate's members. */
export interface ClockDrift {
  /** ms. The clock is at most so far off. */
  readonly ClockErrorBound: number;
  readonly ReferenceTimestamp: string;
  readonly ClockSynchronizationStatus: 'SYNCHRONIZED' | 'NOT_SYNCHRONIZED';
}

/** How far off the host's clock may be; `undefined` where nobody on it knows. */
export type ReadClockDrift = () => Promise<ClockDrift | undefined>;

/** ms. For chrony to answer. */
const patienceMs = 1000;

/** From chrony, where the host runs it. */
export const readChronyDrift: ReadClockDrift = () =>
  new Promise((resolve) => {
    execFile('chronyc', ['-c', 'tracking'], { timeout: patienceMs }, (error, output) =>
      resolve(error === null ? parseTracking(output) : undefined),
    );
  });

/**
 * `chronyc -c tracking`: reference id, its name, stratum, reference time, offset of the system's time, last and mean
 * offset, frequency, its residue and skew, root delay, root dispersion, interval, leap status; times in seconds. The
 * bound is chrony's own: offset, root dispersion and half the root delay.
 */
export function parseTracking(line: string): ClockDrift | undefined {
  const fields = line.trim().split(',');
  const [referenceAt = Number.NaN, offset = Number.NaN] = fields.slice(3, 5).map(Number);
  const [delay = Number.NaN, dispersion = Number.NaN] = fields.slice(10, 12).map(Number);
  const boundMs = (Math.abs(offset) + dispersion + delay / 2) * 1000;
  if (!Number.isFinite(boundMs) || !Number.isFinite(referenceAt)) return undefined;
  const synchronized = fields[13] !== 'Not synchronised';
  return {
    ClockErrorBound: boundMs,
    ReferenceTimestamp: rfc3339(instantFromMs(referenceAt * 1000)),
    ClockSynchronizationStatus: synchronized ? 'SYNCHRONIZED' : 'NOT_SYNCHRONIZED',
  };
}
