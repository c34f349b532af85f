import type { BackoffOptions } from '#base';

/** Tasks stopped and started in one transaction; the rest follows in the next. */
export const maxMovesPerRound = 50;
/** Wait before a task is started again on an instance where none came up. */
export const startBackoff: BackoffOptions = { firstMs: 1_000, maxMs: 60_000, factor: [2, 1], jitterPercent: 10 };
/** How often the alarms of a deployment are looked at, ms. */
export const alarmPollMs = 10_000;
