import type { DiskEntry, LogDisk } from '../log-disk.ts';

/** Every call that changes something, by its kind and path. */
export interface DiskChange {
  readonly kind: 'append' | 'replace' | 'truncate' | 'remove' | 'removeDirectory';
  readonly path: string;
}

/**
 * Files in memory, for tests and the simulation. `onChange` may end a call in an error, before it does anything or after
 * the first `bytes` of an append: what a crash or a full disk leaves.
 */
export class MemoryLogDisk implements LogDisk {
  readonly files: Map<string, Buffer>;
  onChange: ((change: DiskChange) => { readonly error: Error; readonly bytes?: number } | undefined) | undefined;

  constructor(files: ReadonlyMap<string, Buffer> = new Map()) {
    this.files = new Map(files);
  }

  async list(directory: string): Promise<readonly DiskEntry[]> {
    const found = new Map<string, number>();
    const prefix = directory === '' ? '' : `${directory}/`;
    for (const [path, bytes] of this.files) {
      if (!path.startsWith(prefix)) continue;
      const [name = ''] = path.slice(prefix.length).split('/');
      found.set(name, bytes.length);
    }
    return [...found].map(([name, sizeBytes]) => ({ name, sizeBytes }));
  }

  async append(path: string, position: number, bytes: Uint8Array): Promise<void> {
    const failure = this.onChange?.({ kind: 'append', path });
    const written = failure === undefined ? bytes : bytes.subarray(0, failure.bytes ?? 0);
    if (written.length > 0) {
      const before = this.files.get(path) ?? Buffer.alloc(0);
      const after = Buffer.alloc(Math.max(before.length, position + written.length));
      before.copy(after);
      after.set(written, position);
      this.files.set(path, after);
    }
    if (failure !== undefined) throw failure.error;
  }

  async read(path: string, position: number, length: number): Promise<Buffer> {
    return Buffer.from((this.files.get(path) ?? Buffer.alloc(0)).subarray(position, position + length));
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    this.#change({ kind: 'replace', path });
    this.files.set(path, Buffer.from(bytes));
  }

  async truncate(path: string, length: number): Promise<void> {
    this.#change({ kind: 'truncate', path });
    const bytes = this.files.get(path);
    if (bytes !== undefined) this.files.set(path, Buffer.from(bytes.subarray(0, length)));
  }

  async remove(path: string): Promise<void> {
    this.#change({ kind: 'remove', path });
    this.files.delete(path);
  }

  async removeDirectory(directory: string): Promise<void> {
    this.#change({ kind: 'removeDirectory', path: directory });
    for (const path of this.files.keys()) if (path.startsWith(`${directory}/`)) this.files.delete(path);
  }

  async close(): Promise<void> {}

  #change(change: DiskChange): void {
    const failure = this.onChange?.(change);
    if (failure !== undefined) throw failure.error;
  }
}
