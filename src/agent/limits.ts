import type { BackoffOptions } from '#base';

/** ms. How long an ending agent waits for the calls under way. Containers run on in any case. */
export const closePatienceMs = 5000;

/** ms. The engine's list is compared with what is known this often, although every event is followed. */
export const relistMs = 5 * 60_000;

/** ms. How long the engine may take to make a container, and to start it; ECS's. */
export const createTimeoutMs = 4 * 60_000;
export const startTimeoutMs = 3 * 60_000;

/** ms. How long a block volume may take; ECS gives EBS five minutes, which a copy of a large snapshot would not do in. */
export const attachTimeoutMs = 15 * 60_000;

/** ms. Telemetry is said again this often; ECS's period. */
export const telemetryPeriodMs = 20_000;

/** Tasks whose containers' usage is read at the same time. */
export const usageLanes = 4;

/** ms. A connection without a sign of life is given up after one to two of these; ECS's period. */
export const inactivityMs = 60_000;

/** ms. A connection whose other side asked for signs of life, as Roadstead does every 2 s, and asks no longer. */
export const unaskedMs = 10_000;

/** ms. A connection is renewed after this and up to a sixth more; ECS's period. */
export const renewMs = 30 * 60_000;

/** ms. Changes of single containers are reported together. */
export const gatherMs = 1000;

/** Tasks reported at the same time; ECS's agent does as many. */
export const reportLanes = 10;

/** Containers started at the same time per CPU: more only makes each slower. */
export const startLanesPerCpu = 2;

export const registrationBackoff: BackoffOptions = { firstMs: 500, maxMs: 30_000, factor: [2, 1], jitterPercent: 20 };
export const controlBackoff: BackoffOptions = { firstMs: 250, maxMs: 20_000, factor: [3, 2], jitterPercent: 20 };
export const telemetryBackoff: BackoffOptions = { firstMs: 1000, maxMs: 60_000, factor: [2, 1], jitterPercent: 20 };
export const reportBackoff: BackoffOptions = { firstMs: 500, maxMs: 30_000, factor: [13, 10], jitterPercent: 20 };
export const engineBackoff: BackoffOptions = { firstMs: 100, maxMs: 2000, factor: [3, 2], jitterPercent: 20 };
/** Before a part of the host that could not be made as it shall be is tried again. */
export const applyBackoff: BackoffOptions = { firstMs: 200, maxMs: 10_000, factor: [2, 1], jitterPercent: 20 };
