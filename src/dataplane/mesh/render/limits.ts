import type { MeshEndpointDocument } from '#wire/link';

/** How often a request or connection is tried again, with another target each time. Source: "Service Connect proxy". */
export const retries = 2;
/** Connections in a row that fail until a target is left alone, and for how long: ECS says 30 to 300 seconds. */
export const failuresUntilEjection = 5;
export const ejectionSeconds = 30;
/** A target has this long to take a connection. */
export const connectSeconds = 2;
/** Connections of one proxy at most, each way; what HAProxy keeps for each is paid for at once. */
export const mostConnections = 4_000;
/** What stands for no limit: HAProxy counts to 24 days. */
const noLimit = '20d';

export function idleTime({ idleTimeoutSeconds }: MeshEndpointDocument): string {
  return timeOf(idleTimeoutSeconds);
}

/** How long an answer may take to begin: the shorter of both limits. */
export function requestTime({ idleTimeoutSeconds, perRequestTimeoutSeconds }: MeshEndpointDocument): string {
  const limits = [idleTimeoutSeconds, perRequestTimeoutSeconds].filter((seconds) => seconds > 0);
  return timeOf(limits.length === 0 ? 0 : Math.min(...limits));
}

function timeOf(seconds: number): string {
  return seconds > 0 ? `${Math.round(seconds * 1000)}ms` : noLimit;
}
