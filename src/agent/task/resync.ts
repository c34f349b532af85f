import { type Logger, messageOf } from '#base';
import type { EndLeftover } from '../host/leftovers.ts';
import type { ContainerRuntime, ContainerSummary } from '../runtime/port.ts';
import type { SandboxClaims } from '../sandboxes/claims.ts';
import { containerNameLabel, taskArnLabel } from './container-body.ts';
import { type EngineContainer, type EngineTask, findContainer } from './state.ts';

export interface ResyncDeps {
  readonly runtime: ContainerRuntime;
  readonly tasks: ReadonlyMap<string, EngineTask>;
  readonly sandboxes: SandboxClaims;
  /** Reads one afresh. */
  readonly inspect: (taskArn: string, name: string) => Promise<void>;
  /** One that runs and is stopped for everybody else is ended. */
  readonly endLate: (container: EngineContainer, id: string) => void;
  readonly endLeftover?: EndLeftover;
  readonly log: Logger;
}

/**
 * Compares the engine's containers that have a label with those of the tasks: what may differ is read afresh, a
 * container of no task is removed. Throws Fault `EngineUnavailable`.
 */
export async function resyncContainers(label: string, deps: ResyncDeps): Promise<void> {
  const { runtime, tasks, sandboxes, inspect, endLate } = deps;
  const { ready } = sandboxes;
  const listed = new Map((await runtime.listContainers([label])).map((summary) => [summary.id, summary]));
  sandboxes.listed(ready, new Set(listed.keys()));
  for (const task of tasks.values()) {
    for (const container of task.containers) {
      const { runtimeId } = container;
      const runs = listed.get(runtimeId ?? '')?.state === 'running';
      if (runs && runtimeId !== undefined) endLate(container, runtimeId);
      if (runtimeId === undefined || container.known === 'STOPPED') continue;
      const asKnown = runs && container.known === 'RUNNING';
      if (!asKnown || hasHealth(task, container)) await inspect(task.taskArn, container.name);
    }
  }
  for (const summary of listed.values()) if (!isKnown(summary, deps)) await removeUnknown(summary, deps);
}

/** With what an engine that was killed as it started the container left of it; tried again with the next comparison. */
async function removeUnknown({ id, state }: ContainerSummary, deps: ResyncDeps): Promise<void> {
  try {
    if (state !== 'running') await deps.endLeftover?.(id);
  } catch (error) {
    deps.log.warn('what is left of a container could not be ended yet', { container: id, error: messageOf(error) });
    return;
  }
  await deps.runtime.removeContainer(id);
}

function hasHealth({ payload }: EngineTask, container: EngineContainer): boolean {
  return payload.containers.some(
    ({ name, healthCheckType }) => name === container.name && healthCheckType !== undefined,
  );
}

function isKnown(summary: ContainerSummary, { tasks, sandboxes }: ResyncDeps): boolean {
  const { id, name, labels } = summary;
  if (sandboxes.ownerOf(summary) !== undefined || sandboxes.keeps(summary)) return true;
  const task = tasks.get(labels[taskArnLabel] ?? '');
  const container = task === undefined ? undefined : findContainer(task, labels[containerNameLabel] ?? '');
  return container !== undefined && (container.runtimeId === id || container.runtimeName === name);
}
