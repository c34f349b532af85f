/** Records deleted in one transaction. */
export const maxDeletesPerRound = 200;
/** Pause between transactions while there is more to delete, so that others have their turn. */
export const pauseMs = 50;
