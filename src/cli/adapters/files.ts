import { chmod, type FileHandle, mkdir, open, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Files } from '../ports.ts';

const tailWindowBytes = 64 * 1024;

/** Files on disk. */
export function diskFiles(): Files {
  return files;
}

const files: Files = {
  async read(path) {
    return (await files.readBytes(path))?.toString();
  },
  async readBytes(path) {
    try {
      return await readFile(path);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  },
  async write(path, text, mode) {
    // Our own number in the name: two writers never share a temporary file.
    const temporary = `${path}.${process.pid}.new`;
    const handle = await open(temporary, 'w', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  },
  async remove(path) {
    await rm(path, { recursive: true, force: true });
  },
  async rename(from, to) {
    await rename(from, to);
  },
  async makeDirectory(path, mode) {
    await mkdir(path, { recursive: true, mode });
    await chmod(path, mode);
  },
  async exists(path) {
    return (await files.size(path)) !== undefined;
  },
  async size(path) {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  },
  async tail(path, count) {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const { size } = await handle.stat();
      const length = Math.min(size, tailWindowBytes);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-count);
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    } finally {
      await handle?.close();
    }
  },
  async freeBytes(path) {
    for (let folder = path; ; folder = dirname(folder)) {
      try {
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize;
      } catch {
        if (folder === dirname(folder)) return undefined;
      }
    }
  },
};

function isAbsent(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
