import type { PulledImage } from '../task/image-clean-up.ts';
import type { EngineTask } from '../task/state.ts';

/** What an agent must not forget, apart from its tasks. */
export interface AgentIdentity {
  /** Of this file's form; an agent refuses a newer one. */
  readonly format: 1;
  readonly cluster: string;
  /** `i-` and 17 hexadecimal characters, made at the first start. */
  readonly instanceId: string;
  readonly containerInstanceArn?: string;
  /** The highest sequence number of a payload or manifest taken so far; -1 before the first. */
  readonly latestSequence: number;
}

export interface SavedState {
  readonly identity?: AgentIdentity;
  readonly tasks: readonly EngineTask[];
  /** Those pulled by this agent; absent in what an earlier version kept. */
  readonly images?: readonly PulledImage[];
}

/** The agent's memory across restarts, as a port. A save resolves when it would survive the end of the process. */
export interface StateStore {
  /** Where the identity is kept, for people. */
  readonly place: string;
  load(): Promise<SavedState>;
  saveIdentity(identity: AgentIdentity): Promise<void>;
  /** Saves of one task may be merged: the newest counts. */
  saveTask(task: EngineTask): Promise<void>;
  removeTask(taskArn: string): Promise<void>;
  saveImages(images: readonly PulledImage[]): Promise<void>;
  /** Resolves when everything saved so far is down. */
  flush(): Promise<void>;
}

/** A memory that lasts as long as the object: for tests and simulation. */
export class MemoryStateStore implements StateStore {
  readonly place = 'memory';
  #identity: AgentIdentity | undefined;
  readonly #tasks = new Map<string, EngineTask>();
  #images: readonly PulledImage[] = [];

  async load(): Promise<SavedState> {
    const kept = { tasks: [...this.#tasks.values()], images: this.#images };
    return this.#identity === undefined ? kept : { identity: this.#identity, ...kept };
  }

  async saveIdentity(identity: AgentIdentity): Promise<void> {
    this.#identity = identity;
  }

  async saveTask(task: EngineTask): Promise<void> {
    this.#tasks.set(task.taskArn, task);
  }

  async removeTask(taskArn: string): Promise<void> {
    this.#tasks.delete(taskArn);
  }

  async saveImages(images: readonly PulledImage[]): Promise<void> {
    this.#images = images;
  }

  async flush(): Promise<void> {}
}
