import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { Fault, messageOf } from '#base';
import { shortId } from '#model';
import type { PulledImage } from '../task/image-clean-up.ts';
import type { EngineTask } from '../task/state.ts';
import type { AgentIdentity, SavedState, StateStore } from './store.ts';

/**
 * The agent's memory in its data directory: `agent.json`, `images.json` and `tasks/<task id>.json`, readable by the owner alone (a
 * task's environment may hold secrets). Each write replaces the whole file at once; at most one write of a file is
 * under way, and of those that wait only the newest is done.
 */
export class StateFiles implements StateStore {
  readonly place: string;
  readonly #directory: string;
  readonly #writers = new Map<string, FileWriter>();

  constructor(options: { readonly directory: string }) {
    this.#directory = options.directory;
    this.place = `${options.directory}/agent.json`;
  }

  async load(): Promise<SavedState> {
    await mkdir(`${this.#directory}/tasks`, { recursive: true, mode: 0o700 });
    const identity = await readJson<AgentIdentity>(this.place);
    if (identity !== undefined && identity.format !== 1) {
      throw new Fault('StateFormat', `${this.place} was written by a newer agent`);
    }
    const tasks: EngineTask[] = [];
    for (const name of await readdir(`${this.#directory}/tasks`)) {
      if (!name.endsWith('.json')) continue;
      const task = await readJson<EngineTask>(`${this.#directory}/tasks/${name}`);
      if (task !== undefined) tasks.push(task);
    }
    const images = await readJson<readonly PulledImage[]>(this.#imagesPath);
    return {
      tasks,
      ...(identity === undefined ? {} : { identity }),
      ...(images === undefined ? {} : { images }),
    };
  }

  saveIdentity(identity: AgentIdentity): Promise<void> {
    return this.#writer(this.place).write(JSON.stringify(identity));
  }

  saveTask(task: EngineTask): Promise<void> {
    return this.#writer(this.#taskPath(task.taskArn)).write(JSON.stringify(task));
  }

  async removeTask(taskArn: string): Promise<void> {
    const path = this.#taskPath(taskArn);
    await this.#writers.get(path)?.settled();
    this.#writers.delete(path);
    await rm(path, { force: true });
  }

  saveImages(images: readonly PulledImage[]): Promise<void> {
    return this.#writer(this.#imagesPath).write(JSON.stringify(images));
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#writers.values()].map((writer) => writer.settled()));
  }

  get #imagesPath(): string {
    return `${this.#directory}/images.json`;
  }

  #taskPath(taskArn: string): string {
    return `${this.#directory}/tasks/${shortId(taskArn).replace(/[^\w-]/g, '_')}.json`;
  }

  #writer(path: string): FileWriter {
    let writer = this.#writers.get(path);
    if (writer === undefined) {
      writer = new FileWriter(path);
      this.#writers.set(path, writer);
    }
    return writer;
  }
}

/** Writes one file, whole each time. */
export class FileWriter {
  readonly #path: string;
  #pending: string | undefined;
  #writing: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  write(text: string): Promise<void> {
    this.#pending = text;
    return this.settled();
  }

  async settled(): Promise<void> {
    while (this.#pending !== undefined || this.#writing !== undefined) {
      this.#writing ??= this.#writeNewest().finally(() => {
        this.#writing = undefined;
      });
      await this.#writing;
    }
  }

  async #writeNewest(): Promise<void> {
    const text = this.#pending;
    this.#pending = undefined;
    if (text === undefined) return;
    const temporary = `${this.#path}.new`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
  }
}

/** `undefined` when there is no such file. Throws Fault `StateFormat` when it cannot be read as JSON. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new Fault('StateFormat', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
