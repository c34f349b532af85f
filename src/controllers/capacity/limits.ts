/** Waiting tasks that one transaction places, and that one stops, at most. */
export const maxPlacedPerRound = 100;
export const maxStopsPerRound = 100;
/** Kinds of tasks that one transaction finds no room for, at most: each costs a look at every instance. */
export const maxBlockedPerRound = 16;
/** A kind without room is asked about again after this long, though nothing was heard, ms. */
export const recheckMs = 60_000;
