import type { ContainerBody, ContainerRuntime, ContainerSummary, RuntimeEvent } from '../runtime/port.ts';
import { interfaceIn, primaryAddress } from '../task/container-body.ts';
import { type EngineTask, hasInterface, pauseContainer } from '../task/state.ts';
import { SandboxPool, type SandboxPoolDeps, type SandboxPoolOptions, sandboxKey, spareLabel } from './pool.ts';

export interface SandboxClaimsDeps extends Omit<SandboxPoolDeps, 'usedAddresses'> {
  readonly runtime: ContainerRuntime;
  readonly tasks: ReadonlyMap<string, EngineTask>;
}

/** Spares and the tasks that took them: whose a container is that no label says it of. */
export class SandboxClaims {
  readonly #deps: SandboxClaimsDeps;
  readonly #pool: SandboxPool;
  /** Taken from the pool, and not yet in the record of a task. */
  readonly #underWay = new Set<string>();

  constructor(options: SandboxPoolOptions, deps: SandboxClaimsDeps) {
    this.#deps = deps;
    this.#pool = new SandboxPool(options, { ...deps, usedAddresses: () => addressesOf(deps.tasks.values()) });
  }

  /** Tasks of an earlier run say where its subnets stand. */
  restore(): void {
    const starts = [...this.#deps.tasks.values()].flatMap((task) => {
      const at = task.pullStartedAt ?? task.stoppedAt;
      return at === undefined || !mayTake(task) ? [] : [{ at, eni: interfaceIn(task.payload) }];
    });
    for (const { at, eni } of starts.toSorted((a, b) => a.at - b.at)) {
      if (eni !== undefined) this.#pool.remember(eni, at);
    }
  }

  /**
   * A running spare for the task instead of this holder, by its id. {@link settle} must be called once the task's record
   * names it. Throws Fault `EngineUnavailable`.
   */
  async claim(task: EngineTask, holder: ContainerBody): Promise<string | undefined> {
    const eni = interfaceIn(task.payload);
    if (eni === undefined) return undefined;
    if (!mayTake(task)) {
      this.#pool.passed(eni);
      return undefined;
    }
    const id = this.#pool.take(eni, sandboxKey(holder));
    if (id === undefined) return undefined;
    this.#underWay.add(id);
    try {
      const facts = await this.#deps.runtime.inspectContainer(id);
      if (facts?.state === 'running') return id;
      await this.#deps.runtime.removeContainer(id);
    } catch (error) {
      this.#underWay.delete(id);
      throw error;
    }
    this.#underWay.delete(id);
    return undefined;
  }

  settle(id: string): void {
    this.#underWay.delete(id);
  }

  /** The task whose holder a container is that was a spare. */
  ownerOf({ id, labels }: Pick<ContainerSummary, 'id' | 'labels'>): EngineTask | undefined {
    if (labels[spareLabel] === undefined) return undefined;
    for (const task of this.#deps.tasks.values()) if (pauseContainer(task)?.runtimeId === id) return task;
    return undefined;
  }

  /** Whether a container that no task has is a spare, to be left where it is. */
  keeps(summary: ContainerSummary): boolean {
    return this.#underWay.has(summary.id) || this.#pool.keeps(summary);
  }

  onEvent({ action, containerId }: RuntimeEvent): void {
    if (action === 'die' || action === 'destroy') this.#pool.gone(containerId);
  }

  get ready(): ReadonlySet<string> {
    return this.#pool.ready;
  }

  listed(ready: ReadonlySet<string>, there: ReadonlySet<string>): void {
    this.#pool.listed(ready, there);
  }

  consider(): void {
    this.#pool.consider();
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** A task that shares processes would see the spare's control group, one that shares IPC has a holder of another kind. */
function mayTake(task: EngineTask): boolean {
  const { pidMode, ipcMode } = task.payload;
  return hasInterface(task) && pidMode !== 'task' && ipcMode !== 'task';
}

function addressesOf(tasks: Iterable<EngineTask>): Set<string> {
  const used = new Set<string>();
  for (const task of tasks) {
    const eni = task.tornDown || !hasInterface(task) ? undefined : interfaceIn(task.payload);
    const address = eni === undefined ? undefined : primaryAddress(eni);
    if (address !== undefined) used.add(address);
  }
  return used;
}
