import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DiskEntry, LogDisk } from '../log-disk.ts';

/** Files that are kept open for appending, however many groups there are. */
const openFiles = 64;
const directoryMode = 0o700;
const fileMode = 0o600;

/** A directory of the file system, for its owner alone. One process at a time may write there. */
export class FileLogDisk implements LogDisk {
  readonly #directory: string;
  /** Least recently used first. */
  readonly #appending = new Map<string, { readonly handle: Promise<FileHandle>; busy: number }>();

  constructor({ directory }: { readonly directory: string }) {
    this.#directory = directory;
  }

  async list(directory: string): Promise<readonly DiskEntry[]> {
    const path = this.#path(directory);
    const names = await readdir(path).catch(emptyWhenMissing);
    return await Promise.all(names.map(async (name) => ({ name, sizeBytes: (await stat(join(path, name))).size })));
  }

  async append(path: string, position: number, bytes: Uint8Array): Promise<void> {
    const file = this.#fileFor(path);
    file.busy++;
    try {
      const handle = await file.handle;
      for (let written = 0; written < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
        written += bytesWritten;
      }
      await handle.datasync();
    } catch (error) {
      this.#appending.delete(path);
      void file.handle.then((handle) => handle.close()).catch(() => undefined);
      throw error;
    } finally {
      file.busy--;
    }
    await this.#closeSome();
  }

  async read(path: string, position: number, length: number): Promise<Buffer> {
    const handle = await open(this.#path(path), 'r').catch(undefinedWhenMissing);
    if (handle === undefined) return Buffer.alloc(0);
    try {
      const bytes = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await handle.close();
    }
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    await this.#letGo(path);
    const whole = this.#path(path);
    await this.#makeDirectory(dirname(whole));
    const draft = `${whole}.new`;
    const handle = await open(draft, 'w', fileMode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, whole);
    await flushDirectory(dirname(whole));
  }

  async truncate(path: string, length: number): Promise<void> {
    const handle = await open(this.#path(path), constants.O_WRONLY).catch(undefinedWhenMissing);
    if (handle === undefined) return;
    try {
      await handle.truncate(length);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  async remove(path: string): Promise<void> {
    await this.#letGo(path);
    await rm(this.#path(path), { force: true });
  }

  async removeDirectory(directory: string): Promise<void> {
    for (const path of this.#appending.keys()) if (path.startsWith(`${directory}/`)) await this.#letGo(path);
    await rm(this.#path(directory), { recursive: true, force: true });
    await flushDirectory(this.#directory).catch(undefinedWhenMissing);
  }

  async close(): Promise<void> {
    for (const path of this.#appending.keys()) await this.#letGo(path);
  }

  #path(path: string): string {
    return join(this.#directory, path);
  }

  #fileFor(path: string): { readonly handle: Promise<FileHandle>; busy: number } {
    const file = this.#appending.get(path) ?? { handle: this.#openForAppending(path), busy: 0 };
    this.#appending.delete(path);
    this.#appending.set(path, file);
    return file;
  }

  async #openForAppending(path: string): Promise<FileHandle> {
    const whole = this.#path(path);
    const existing = await open(whole, constants.O_WRONLY).catch(undefinedWhenMissing);
    if (existing !== undefined) return existing;
    await this.#makeDirectory(dirname(whole));
    const made = await open(whole, constants.O_WRONLY | constants.O_CREAT, fileMode);
    await flushDirectory(dirname(whole));
    return made;
  }

  /** With its name on disk: a power cut must not take the directory of events that were acknowledged. */
  async #makeDirectory(directory: string): Promise<void> {
    const first = await mkdir(directory, { recursive: true, mode: directoryMode });
    if (first === undefined) return;
    await flushDirectory(directory);
    for (let at = directory; at.length >= first.length; at = dirname(at)) await flushDirectory(dirname(at));
  }

  async #closeSome(): Promise<void> {
    for (const [path, { busy }] of this.#appending) {
      if (this.#appending.size <= openFiles) return;
      if (busy === 0) await this.#letGo(path);
    }
  }

  async #letGo(path: string): Promise<void> {
    const file = this.#appending.get(path);
    if (file === undefined) return;
    this.#appending.delete(path);
    await (await file.handle.catch(() => undefined))?.close();
  }
}

async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function undefinedWhenMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function emptyWhenMissing(error: unknown): string[] {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return [];
}
