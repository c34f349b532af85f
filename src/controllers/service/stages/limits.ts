/** Work of one stage, or of one step of production traffic. Source: "Deployment lifecycle stages", 24 hours. */
export const stageLimitMs = 24 * 60 * 60_000;
/** All stages together. Source: the same, 30 days. */
export const releaseLimitMs = 30 * 24 * 60 * 60_000;
/** How soon traffic that is not in place is looked at again. */
export const trafficPollMs = 1_000;
