/** Limits of the listener, with unit and reason. */
export const limits = {
  /** A request must be complete within this time, ms: a slow sender must not hold a connection for ever. */
  requestTimeoutMs: 30_000,
  /** Bytes of all headers together: as the AWS front ends. */
  headerBytes: 16 * 1024,
  /** Idle keep-alive connections are kept this long, ms: longer than the SDKs' own pools keep them. */
  keepAliveMs: 75_000,
  /** Bytes of one websocket message from an agent: telemetry frames are up to 1 MiB. */
  frameBytes: 2 * 1024 * 1024,
} as const;
