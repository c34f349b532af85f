import type { EngineInfo } from '../runtime/port.ts';

/** Drivers that limit what a container may hold by themselves. */
const limiting: readonly string[] = ['btrfs', 'zfs'];

/**
 * Whether the engine can hold what a container writes to a size, its `StorageOpt`: with btrfs and zfs, and with overlay2
 * on an XFS that counts by project. `mounts` is the text of `/proc/self/mountinfo`. Source: `docker run --storage-opt`.
 */
export function limitsContainerStorage({ storage }: Pick<EngineInfo, 'storage'>, mounts: string): boolean {
  if (storage === undefined) return false;
  if (limiting.includes(storage.driver)) return true;
  if (storage.driver !== 'overlay2' || storage.backing !== 'xfs') return false;
  const options = optionsOf(storage.directory, mounts);
  return /(^|,)p(rj)?quota(,|$)/.test(options);
}

/** Of the file system that a directory is on. */
function optionsOf(directory: string, mounts: string): string {
  let found = { point: '', options: '' };
  for (const line of mounts.split('\n')) {
    const [, , , , point = '', , ...rest] = line.split(' ');
    const options = rest.at(-1) ?? '';
    const holds = point === '/' || directory === point || directory.startsWith(`${point}/`);
    // A later mount hides an earlier one at the same place.
    if (point !== '' && holds && point.length >= found.point.length) found = { point, options };
  }
  return found.options;
}
