import type { Place } from '#logs';
import { invalidParameter } from './errors.ts';

/**
 * Ids of events and tokens of GetLogEvents in AWS's form: a number of 56 digits that grows with the event's time, which
 * stands in its highest bits (observed). Here the event's sequence in its group follows, so that a token is a place.
 */
const digits = 56;
const timeShift = 144n;
const sequenceShift = 84n;
const sequenceMask = (1n << (timeShift - sequenceShift)) - 1n;

export function eventId({ timestampMs, sequence }: Place): string {
  const id = (BigInt(timestampMs) << timeShift) | (BigInt(sequence) << sequenceShift);
  return id.toString().padStart(digits, '0');
}

/** `f/…/s` goes on after a place, `b/…/s` before it. */
export function readToken(direction: 'forward' | 'backward', place: Place): string {
  return `${direction === 'forward' ? 'f' : 'b'}/${eventId(place)}/s`;
}

export function parseReadToken(token: string): { readonly direction: 'forward' | 'backward'; readonly place: Place } {
  const [, letter, text] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  if (text === undefined) throw invalidParameter('The specified nextToken is invalid.');
  const id = BigInt(text);
  const timestampMs = Number(id >> timeShift);
  const sequence = Number((id >> sequenceShift) & sequenceMask);
  if (!Number.isSafeInteger(timestampMs)) throw invalidParameter('The specified nextToken is invalid.');
  return { direction: letter === 'f' ? 'forward' : 'backward', place: { timestampMs, sequence } };
}

/** What PutLogEvents gives and nothing asks for any more: a number of 56 digits that grows. */
export function sequenceToken(nextSequence: number): string {
  return `49${String(nextSequence).padStart(digits - 2, '0')}`;
}
