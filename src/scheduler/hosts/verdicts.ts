import type { HostView } from '../types.ts';

/** How far a host comes that nothing about its record stops: beyond every filter. */
export const passes = 254;
const notAsked = 255;

/**
 * What the filters that ask only for a host's record say of each slot, for one shape of request: the stage of the first
 * that refuses, or {@link passes}. Each host is asked once, when it is first looked at, until its record changes.
 */
export class Verdicts {
  readonly #stages: Uint8Array;
  readonly #judge: (host: HostView) => number | undefined;

  constructor(capacity: number, judge: (host: HostView) => number | undefined) {
    this.#stages = new Uint8Array(capacity).fill(notAsked);
    this.#judge = judge;
  }

  stage(slot: number, viewOf: (slot: number) => HostView): number {
    const known = this.#stages[slot] ?? notAsked;
    if (known !== notAsked) return known;
    const stage = this.#judge(viewOf(slot)) ?? passes;
    this.#stages[slot] = stage;
    return stage;
  }

  forget(slot: number): void {
    this.#stages[slot] = notAsked;
  }
}
