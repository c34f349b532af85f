import type { Instant } from '#base';
import { type ContainerUsage, measures, mergedUsage, type StatisticSet } from './usage.ts';

/**
 * What one container used at several times, as numbers in one array: as objects the same takes four times the memory,
 * and there is one for each container of an installation.
 *
 * A slot: when it is of, then minimum, maximum, sample count and sum of each measure (no samples: it is not known), then
 * restarts (NaN: not known).
 */
const numbersPerSet = 4;
const slotLength = 1 + measures.length * numbersPerSet + 1;

export function newSlots(count: number): Float64Array {
  return new Float64Array(slotLength * count);
}

/** What the slot holds of that time; `undefined` when it is of another. */
export function readSlot(slots: Float64Array, slot: number, at: Instant): ContainerUsage | undefined {
  const start = slot * slotLength;
  if (slots[start] !== at) return undefined;
  const usage: { -readonly [key in keyof ContainerUsage]: ContainerUsage[key] } = {};
  for (const [index, measure] of measures.entries()) {
    const set = setAt(slots, start + 1 + index * numbersPerSet);
    if (set !== undefined) usage[measure] = set;
  }
  const restarts = slots[start + slotLength - 1] ?? Number.NaN;
  if (!Number.isNaN(restarts)) usage.restarts = restarts;
  return usage;
}

export function writeSlot(slots: Float64Array, slot: number, at: Instant, usage: ContainerUsage): void {
  const start = slot * slotLength;
  slots[start] = at;
  for (const [index, measure] of measures.entries()) {
    const { minimum = 0, maximum = 0, sampleCount = 0, sum = 0 } = usage[measure] ?? {};
    slots.set([minimum, maximum, sampleCount, sum], start + 1 + index * numbersPerSet);
  }
  slots[start + slotLength - 1] = usage.restarts ?? Number.NaN;
}

/** Adds to what the slot holds of that time, or begins anew with it. */
export function addToSlot(slots: Float64Array, slot: number, at: Instant, usage: ContainerUsage): void {
  const before = readSlot(slots, slot, at);
  writeSlot(slots, slot, at, before === undefined ? usage : mergedUsage(before, usage));
}

/** When the slot is of. */
export function slotTime(slots: Float64Array, slot: number): Instant {
  return (slots[slot * slotLength] ?? 0) as Instant;
}

function setAt(slots: Float64Array, from: number): StatisticSet | undefined {
  const [minimum = 0, maximum = 0, sampleCount = 0, sum = 0] = slots.subarray(from, from + numbersPerSet);
  return sampleCount > 0 ? { minimum, maximum, sampleCount, sum } : undefined;
}
