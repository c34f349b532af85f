/** Waiting tasks that one transaction places, and that one stops, at most. */
export const maxPlacedPerRound = 100;
export const maxStopsPerRound = 100;
/** Kinds of tasks that one transaction finds no room for, at most: each costs a look at every instance. */
export const maxBlockedPerRound = 16;
/** A kind without room is asked about again after this long, though nothing was heard, ms. */
export const recheckMs = 60_000;

/** Looks, one a minute, that find too many instances before some go. Source: "Amazon ECS cluster auto scaling". */
export const lowPointsBeforeScaleIn = 15;
/** Between two looks at a group, ms. */
export const scalingLookMs = 60_000;
/** How long a machine that is to end is waited for at most, ms. Source: "Managed instance draining". */
export const drainingMs = 48 * 60 * 60_000;
