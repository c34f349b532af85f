import type { BackoffOptions } from '#base';

/** After a failed reconcile: the journal may be full or another replica may lead, so the first retry comes soon. */
export const retryBackoff: BackoffOptions = { firstMs: 100, maxMs: 30_000, factor: [2, 1], jitterPercent: 20 };

/** After the watch itself broke. */
export const watchBackoff: BackoffOptions = { firstMs: 100, maxMs: 10_000, factor: [2, 1], jitterPercent: 20 };

/** Events kept per service, newest first. Source: "Amazon ECS service event messages": the latest 100. */
export const maxEventsPerService = 100;
