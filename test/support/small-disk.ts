import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small file system of its own for a test, where the machine allows it: only root may mount. `size` as mount has it. */
export function mountSmallDisk(size: string): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'roadstead-test', directory], { stdio: 'ignore' });
    return directory;
  } catch {
    rmSync(directory, { recursive: true });
    return undefined;
  }
}

export function unmountSmallDisk(directory: string | undefined): void {
  if (directory === undefined) return;
  execFileSync('umount', ['-l', directory]);
  rmSync(directory, { recursive: true });
}
