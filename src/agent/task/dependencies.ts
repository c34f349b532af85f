import { afterMs, earliest, type Instant } from '#base';
import type { PayloadContainer } from '#wire/link';
import { atLeast, definitionOf, type EngineContainer, type EngineTask, findContainer } from './state.ts';

/**
 * What one container waits for: `dependsOn`, and what follows from links (their target runs) and volumesFrom (their
 * source exists). Source: "Container dependency" in "Amazon ECS task definition parameters".
 */
export interface Dependency {
  readonly on: string;
  readonly condition: 'CREATE' | 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';
}

export type Readiness =
  | { readonly is: 'ready' }
  | { readonly is: 'waiting'; readonly wakeAt?: Instant }
  | { readonly is: 'never'; readonly why: string };

export function dependenciesOf(container: PayloadContainer): readonly Dependency[] {
  return [
    ...(container.dependsOn ?? []).map(({ containerName, condition }) => ({ on: containerName, condition })),
    ...container.links.map((link) => ({ on: link.split(':', 1)[0] ?? link, condition: 'START' as const })),
    ...container.volumesFrom.map(({ sourceContainer }) => ({ on: sourceContainer, condition: 'CREATE' as const })),
  ];
}

/** Whether the container may be created now. */
export function readiness(task: EngineTask, name: string, now: Instant): Readiness {
  const definition = definitionOf(task, name);
  if (definition === undefined) return { is: 'ready' };
  let wakeAt: Instant | undefined;
  let waiting = false;
  for (const dependency of dependenciesOf(definition)) {
    const one = readinessOf(task, dependency, now);
    if (one.is === 'never') return one;
    if (one.is === 'waiting') {
      waiting = true;
      wakeAt = earliest(wakeAt, one.wakeAt);
    }
  }
  if (!waiting) return { is: 'ready' };
  return wakeAt === undefined ? { is: 'waiting' } : { is: 'waiting', wakeAt };
}

function readinessOf(task: EngineTask, { on, condition }: Dependency, now: Instant): Readiness {
  const target = findContainer(task, on);
  if (target === undefined) return never(`container ${on} does not exist`);
  if (condition === 'CREATE') return atLeast(target, 'CREATED') ? { is: 'ready' } : { is: 'waiting' };
  if (condition === 'START') return atLeast(target, 'RUNNING') ? { is: 'ready' } : { is: 'waiting' };
  if (target.known === 'STOPPED') return afterEnd(target, condition);
  if (condition === 'HEALTHY' && target.known === 'RUNNING' && target.health === 'HEALTHY') return { is: 'ready' };
  return withinStartTimeout(task, target, condition, now);
}

function afterEnd(target: EngineContainer, condition: 'COMPLETE' | 'SUCCESS' | 'HEALTHY'): Readiness {
  if (condition === 'HEALTHY') return never(`container ${target.name} stopped before it was healthy`);
  if (target.exitCode === undefined) return never(`container ${target.name} did not run`);
  if (condition === 'SUCCESS' && target.exitCode !== 0) {
    return never(`container ${target.name} exited with code ${target.exitCode}`);
  }
  return { is: 'ready' };
}

/** The target's startTimeout counts from its own start. */
function withinStartTimeout(task: EngineTask, target: EngineContainer, condition: string, now: Instant): Readiness {
  const startTimeout = definitionOf(task, target.name)?.startTimeout;
  if (startTimeout === undefined || startTimeout === 0 || target.startedAt === undefined) return { is: 'waiting' };
  const deadline = afterMs(target.startedAt, startTimeout * 1000);
  if (now >= deadline)
    return never(`container ${target.name} did not reach ${condition} within ${startTimeout} seconds`);
  return { is: 'waiting', wakeAt: deadline };
}

function never(why: string): Readiness {
  return { is: 'never', why };
}

/** The containers that wait for this one: they are stopped before it is. */
export function dependentsOf(task: EngineTask, name: string): readonly EngineContainer[] {
  return task.containers.filter((container) => {
    const definition = definitionOf(task, container.name);
    return definition !== undefined && dependenciesOf(definition).some((dependency) => dependency.on === name);
  });
}

/** Whether the dependencies go round in a circle, or name a container that is not there. */
export function isResolvable(containers: readonly PayloadContainer[]): boolean {
  const byName = new Map(containers.map((container) => [container.name, container]));
  const settled = new Set<string>();
  const settle = (name: string, path: ReadonlySet<string>): boolean => {
    const container = byName.get(name);
    if (container === undefined || path.has(name)) return false;
    if (settled.has(name)) return true;
    const deeper = new Set(path).add(name);
    if (!dependenciesOf(container).every((dependency) => settle(dependency.on, deeper))) return false;
    settled.add(name);
    return true;
  };
  return containers.every((container) => settle(container.name, new Set()));
}
