import { type Instant, rfc3339 } from '#base';
import type { ContainerInstance, InstanceHealth } from './container-instance.ts';

type State = InstanceHealth['status'];

/** One thing that is looked at; instants are absent while nothing is known. */
export interface HealthCheck {
  readonly type: 'CONTAINER_RUNTIME' | 'AGENT_CONNECTIVITY';
  readonly status: State;
  readonly statusReason?: string;
  readonly lastUpdated?: Instant;
  readonly lastStatusChange?: Instant;
}

/** Worst first. Source: "InstanceHealthCheckState". */
const severity = ['IMPAIRED', 'INSUFFICIENT_DATA', 'INITIALIZING', 'OK'] as const satisfies readonly State[];

/**
 * What is known of an instance's health: its container runtime as the agent reports it (INSUFFICIENT_DATA until it
 * does), and whether the agent is connected. Source: "Container instance health" in the developer guide.
 */
export function healthChecksOf(instance: ContainerInstance): readonly HealthCheck[] {
  const runtime = instance.runtimeHealth;
  const times =
    runtime === undefined ? {} : { lastUpdated: runtime.lastUpdated, lastStatusChange: runtime.lastStatusChange };
  return [
    { type: 'CONTAINER_RUNTIME', status: runtime?.status ?? 'INSUFFICIENT_DATA', ...times },
    connectivityOf(instance),
  ];
}

/** The worst of all. */
export function overallHealth(checks: readonly HealthCheck[]): State {
  return severity.find((status) => checks.some((check) => check.status === status)) ?? 'OK';
}

function connectivityOf(instance: ContainerInstance): HealthCheck {
  const type = 'AGENT_CONNECTIVITY';
  if (instance.agentConnected) {
    const since = instance.agentConnectedAt ?? instance.registeredAt;
    return { type, status: 'OK', lastUpdated: since, lastStatusChange: since };
  }
  const since = instance.agentDisconnectedAt ?? instance.registeredAt;
  const statusReason = `Agent disconnected since ${rfc3339(since)}`;
  return { type, status: 'IMPAIRED', statusReason, lastUpdated: since, lastStatusChange: since };
}
