import { rfc3339 } from '#base';
import type { ContainerInstance, InstanceHealth } from '#model';

type State = InstanceHealth['status'];

/** Worst first. Source: "InstanceHealthCheckState". */
const severity = ['IMPAIRED', 'INSUFFICIENT_DATA', 'INITIALIZING', 'OK'] as const satisfies readonly State[];

/**
 * `healthStatus` of a container instance: its container runtime as the agent reports it (INSUFFICIENT_DATA until it
 * does), and whether the agent is connected. The overall status is the worst of them. Source:
 * "ContainerInstanceHealthStatus" and "Container instance health" in the developer guide.
 */
export function presentHealth(instance: ContainerInstance) {
  const runtime = instance.runtimeHealth;
  const details = [
    { type: 'CONTAINER_RUNTIME' as const, status: runtime?.status ?? 'INSUFFICIENT_DATA', ...times(runtime) },
    ...connectivity(instance),
  ];
  const overallStatus = severity.find((status) => details.some((detail) => detail.status === status)) ?? 'OK';
  return { overallStatus, details };
}

function times(health: InstanceHealth | undefined) {
  return health === undefined ? {} : { lastUpdated: health.lastUpdated, lastStatusChange: health.lastStatusChange };
}

function connectivity(instance: ContainerInstance) {
  const type = 'AGENT_CONNECTIVITY' as const;
  if (instance.agentConnected) {
    const since = instance.agentConnectedAt ?? instance.registeredAt;
    return [{ type, status: 'OK' as const, lastUpdated: since, lastStatusChange: since }];
  }
  const since = instance.agentDisconnectedAt ?? instance.registeredAt;
  const statusReason = `Agent disconnected since ${rfc3339(since)}`;
  return [{ type, status: 'IMPAIRED' as const, statusReason, lastUpdated: since, lastStatusChange: since }];
}
