export const sessionLimits = {
  /** A token that nobody came with by then is worth nothing. */
  connectWithinMs: 120_000,
  /** From the upgrade to the token. */
  tokenWithinMs: 10_000,
  /** From the call of the agent to its connection. */
  answerWithinMs: 15_000,
  /** From a caller's loss, or its last new token, to its return. */
  resumeWithinMs: 60_000,
  /** Sessions that ended and are remembered: who would go on with one is told that it is over. */
  remembered: 1_000,
  /** Source: "Amazon ECS Exec considerations". */
  idleMs: 20 * 60_000,
  /** In one container. Source: the same. */
  sessionsPerContainer: 1_000,
  /** Messages that wait for the other side to connect. */
  waiting: 256,
} as const;
