/** Where the agents listen behind port 80 of 169.254.170.2: ECS's agent's own port, which every host keeps reserved. */
export const endpointPort = 51_679;

/** ms. For a request to be read, and for another agent to answer. ECS's agent gives as long. */
export const requestTimeoutMs = 5000;

/** Bytes of a request's body: the largest is a fault's, with a list of addresses. */
export const requestBytes = 256 * 1024;

/** Requests per second and at once, of all tasks together; ECS's default. */
export const defaultRateLimit = { perSecond: 40, burst: 60 };

/** ms. How long the engine's statistics of a container are followed after somebody asked for them. */
export const statsIdleMs = 60_000;

/** ms. How long the first sample is waited for: the engine gives one a second, and the first compares with nothing. */
export const firstSampleMs = 4000;

/** ms. For a call of the control plane on behalf of a task, as ECS's agent has it. */
export const taskCallMs = 4000;
