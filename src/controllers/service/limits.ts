import type { BackoffOptions } from '#base';

/**
 * Tasks stopped and started in one transaction, stops first; the rest follows in the next. Bounds how long a transaction
 * holds up others.
 */
export const maxMovesPerRound = 50;
/** Ends of tasks counted in one transaction. */
export const maxEndsPerRound = 200;

/** A look at a service with so many open tasks is followed by 1 ms of rest: 25 ms for 5,000 tasks. */
export const openTasksPerRestMs = 200;

/** An event whose cause lasts is not repeated for this long: six hours, as ECS. */
export const repeatEventAfterMs = 6 * 60 * 60_000;
/** Placement events that differ only in what is free come at most this often. */
export const placementEventIntervalMs = 60_000;
/** Troubles remembered per deployment; the oldest is forgotten first. */
export const maxTroubles = 8;

/**
 * Wait between rounds of tasks that never were RUNNING: from 1 s, doubling, at most 27 minutes. Source: "Amazon ECS
 * service throttle logic", which names the maximum; the growth is ours.
 */
export const startBackoff: BackoffOptions = { firstMs: 1_000, maxMs: 27 * 60_000, factor: [2, 1], jitterPercent: 10 };
/** From so many rounds on the service is "unable to consistently start tasks". */
export const impairedAfterRounds = 3;

/**
 * A task that was RUNNING for less than this ran only for a moment. ECS replaces such tasks at once, for ever; here the
 * first round is replaced at once and later ones wait a little, so that a crash loop leaves the host some air.
 */
export const shortRunMs = 5_000;
/** Wait from the second round of short runs on. */
export const shortRunBackoff: BackoffOptions = { firstMs: 1_000, maxMs: 10_000, factor: [2, 1], jitterPercent: 10 };

/** How soon placement is tried again when nothing is known to have changed; also how often a failure counts. */
export const placementRetryMs = 15_000;
/** How often the alarms of a deployment are looked at. */
export const alarmPollMs = 10_000;
/** Bake time that was not given. ECS computes one of under five minutes from the alarms' own periods. */
export const defaultBakeMs = 60_000;

/** Services that wait for room and are woken when a task leaves a host. */
export const wokenPerFreedHost = 16;
