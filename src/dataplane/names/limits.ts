export const limits = {
  /** How long one server of the host's is waited for, ms. */
  serverTimeoutMs: 2_000,
  /** How often all of them are asked. Clients ask again after five seconds by themselves. */
  rounds: 2,
  /** Questions under way to servers of the host's; more are refused, for they would only wait. */
  forwarded: 1_000,
  /** How long the host's list of servers is kept before its file is looked at again, ms. */
  serversKeptMs: 5_000,
  /** A connection without a question is closed after this, ms. */
  connectionIdleMs: 10_000,
  connections: 256,
  /** Questions of one connection that are answered at the same time. */
  pipelined: 32,
  /** How long an address that somebody else has is left alone, ms. */
  retryListenMs: 5_000,
  /** How long the list of the host's other agents is kept, ms. */
  siblingsKeptMs: 1_000,
  /** How long one of them is waited for, ms: it may ask the host's servers in turn. */
  siblingTimeoutMs: 9_000,
} as const;
