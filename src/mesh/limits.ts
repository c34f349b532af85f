import type { ConnectProtocol } from '#model';

/** Where a configuration says nothing, seconds. Source: ServiceConnectService timeout in the API reference. */
export const idleTimeoutSeconds: Readonly<Record<ConnectProtocol, number>> = {
  tcp: 3600,
  http: 300,
  http2: 300,
  grpc: 300,
};
export const perRequestTimeoutSeconds = 15;
/** The longest that a task whose health is not known is kept from traffic, ms. Source: "Service Connect components". */
export const longestHealthWaitMs = 8 * 60_000;
/** Services of Cloud Map in a namespace that ECS takes. Source: "Amazon ECS service quotas". */
export const servicesPerNamespace = 300;
