import { closeSync, fdatasync, openSync, write } from 'node:fs';
import { promisify } from 'node:util';

/** A file that groups of lines are appended to, each group on disk before the next: the least a durable store can do. */
export class BareLog {
  readonly #file: number;
  #waiting: { readonly line: string; readonly done: () => void }[] = [];
  #running = false;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  append(line: string): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ line, done });
      if (this.#running) return;
      this.#running = true;
      queueMicrotask(() => void this.#flush());
    });
  }

  close(): void {
    closeSync(this.#file);
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      await promisify(write)(this.#file, Buffer.from(group.map(({ line }) => line).join('\n')));
      await promisify(fdatasync)(this.#file);
      for (const { done } of group) done();
    }
    this.#running = false;
  }
}
