/** Service events about target groups, as ECS words them. Source: "Amazon ECS service event messages", observed. */
export const messages = {
  registered: (service: string, count: number, group: string): string =>
    `(service ${service}) registered ${count} targets in (target-group ${group})`,
  deregistered: (service: string, count: number, group: string): string =>
    `(service ${service}) deregistered ${count} targets in (target-group ${group})`,
  draining: (service: string, deploymentId: string | undefined, count: number): string =>
    deploymentId === undefined
      ? `(service ${service}) has begun draining connections on ${count} tasks.`
      : `(service ${service}, taskSet ${deploymentId}) has begun draining connections on ${count} tasks.`,
  notRegistered: (service: string, group: string, error: string): string =>
    `(service ${service}) failed to register targets in (target-group ${group}) with (error ${error})`,
};
