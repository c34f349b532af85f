/**
 * What the command's exit status says. Stable and documented in README.md: scripts branch on these numbers.
 * 6, 7 and 8 are kept for deployments, placement and `diff`; 128 and above are signals, as shells count them.
 */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  denied: 4,
  timedOut: 5,
  deploymentFailed: 6,
  cannotPlace: 7,
  differs: 8,
  /** The data directory, or the port, is in use by another process or with other settings. */
  inUse: 9,
  unreachable: 69,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
