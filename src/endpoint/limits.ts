/** Limits of the listener, with unit and reason. */
export const limits = {
  /** A request must be complete within this time, ms: a slow sender must not hold a connection for ever. */
  requestTimeoutMs: 30_000,
  /** Bytes of all headers together: as the AWS front ends. */
  headerBytes: 16 * 1024,
  /** Idle keep-alive connections are kept this long, ms: longer than the SDKs' own pools keep them. */
  keepAliveMs: 75_000,
  /**
   * Connections that wait to be accepted at one door, as far as the kernel allows (net.core.somaxconn): thousands of agents
   * connect at once, and whoever finds no place tries again only after 1 s, then 3 s.
   */
  backlog: 4096,
  /**
   * Sockets that listen on the one port. Node.js accepts one connection of each in a turn of its loop: with one, somebody
   * new who comes while thousands of agents connect waits for thousands of turns.
   */
  doors: 8,
  /** Bytes of one websocket message from an agent: telemetry frames are up to 1 MiB. */
  frameBytes: 2 * 1024 * 1024,
} as const;
