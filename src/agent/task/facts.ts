import { afterMs, type Instant, instantFromMs } from '#base';
import type { HealthStatus } from '#model';
import type { ContainerFacts } from '../runtime/port.ts';
import { isProxy, proxyRestartAt } from './service-connect/order.ts';
import { advance, definitionOf, type EngineContainer, type EngineTask, findContainer, withContainer } from './state.ts';

/** ECS's least time a container must have run before its restart policy applies, when the policy names none. */
const defaultRestartAttemptPeriodS = 300;

/**
 * Takes in what the engine says of a container: `facts` is absent when the engine does not have it any more. What is
 * known already changes nothing.
 */
export function applyFacts(
  task: EngineTask,
  name: string,
  facts: ContainerFacts | undefined,
  now: Instant,
): EngineTask {
  const container = findContainer(task, name);
  if (container === undefined || container.known === 'STOPPED') return task;
  if (facts === undefined) return vanished(task, container);
  if (facts.state === 'running') return running(task, container, facts, now);
  return facts.state === 'exited' ? ended(task, container, facts, now) : task;
}

function vanished(task: EngineTask, container: EngineContainer): EngineTask {
  if (container.runtimeId === undefined) return task;
  const reason = 'ContainerVanishedError: No container matching saved ID found';
  return withContainer(task, container.name, { known: 'STOPPED', reason });
}

function running(task: EngineTask, container: EngineContainer, facts: ContainerFacts, now: Instant): EngineTask {
  const health = healthOf(task, container, facts);
  const known = advance(container, 'RUNNING');
  const startedAt = container.startedAt ?? startOf(facts, now);
  if (known === container.known && health === container.health && startedAt === container.startedAt) return task;
  return withContainer(task, container.name, {
    known,
    startedAt,
    ...(health === container.health ? {} : { health, healthSince: now }),
  });
}

function ended(task: EngineTask, container: EngineContainer, facts: ContainerFacts, now: Instant): EngineTask {
  const startedAt = container.startedAt ?? startOf(facts, now);
  if (restarts(task, container, facts.exitCode, startedAt, now)) {
    return withContainer(task, container.name, { known: advance(container, 'RUNNING'), startedAt, restartDue: true });
  }
  const restartAt = proxyRestartAt(task, container, startedAt, now);
  if (restartAt !== undefined) {
    const known = advance(container, 'RUNNING');
    return withContainer({ ...task, proxyServes: false }, container.name, {
      known,
      startedAt,
      restartDue: true,
      restartAt,
    });
  }
  const reason = reasonOf(container, facts);
  return withContainer(task, container.name, {
    known: 'STOPPED',
    startedAt,
    exitCode: facts.exitCode,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** Source: "Restart individual containers in Amazon ECS tasks with container restart policies". */
function restarts(
  task: EngineTask,
  container: EngineContainer,
  exitCode: number,
  startedAt: Instant,
  now: Instant,
): boolean {
  const policy = definitionOf(task, container.name)?.restartPolicy;
  if (policy === undefined || !policy.enabled || task.desired === 'STOPPED') return false;
  if (policy.ignoredExitCodes?.includes(exitCode) === true) return false;
  const periodS = policy.restartAttemptPeriod ?? defaultRestartAttemptPeriodS;
  return now >= afterMs(startedAt, periodS * 1000);
}

function reasonOf(container: EngineContainer, facts: ContainerFacts): string | undefined {
  if (facts.oomKilled || (container.oomSeen === true && facts.exitCode === 137)) {
    return 'OutOfMemoryError: Container killed due to memory usage';
  }
  return facts.error === '' ? undefined : `DockerStateError: ${facts.error}`;
}

function healthOf(task: EngineTask, container: EngineContainer, facts: ContainerFacts): HealthStatus {
  if (isProxy(task, container.name)) return container.health;
  if (definitionOf(task, container.name)?.healthCheckType === undefined) return 'UNKNOWN';
  if (facts.health === 'healthy') return 'HEALTHY';
  return facts.health === 'unhealthy' ? 'UNHEALTHY' : 'UNKNOWN';
}

function startOf(facts: ContainerFacts, now: Instant): Instant {
  return facts.startedAtMs === undefined ? now : instantFromMs(facts.startedAtMs);
}
