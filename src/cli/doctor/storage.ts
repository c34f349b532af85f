import type { Invocation } from '../invocation.ts';
import type { Check } from './check.ts';

/** What the machine can do for tasks' volumes. */
export interface StorageFacts {
  /** A file can be mounted as a file system; `undefined` where only root can try. */
  readonly loop: boolean | undefined;
  /** File systems that can be made here: `ext4`, `xfs`. */
  readonly made: readonly string[];
  readonly nfs: boolean;
  /** How the engine keeps containers' files: `overlay2 on extfs`. */
  readonly driver: string;
  /** The engine can hold what a container writes to a size. */
  readonly limits: boolean;
}

/** Where the engine keeps containers' files, and how. */
export interface EngineStorage {
  readonly driver: string;
  readonly backing: string;
  readonly directory: string;
}

/** A small file for a moment: made, mounted, unmounted, removed. */
const tryLoop = `folder=$(mktemp -d) || exit 1
truncate -s 4M "$folder/image" && mkdir "$folder/mount" && mkfs.ext4 -q -F "$folder/image" &&
  mount -t ext4 -o loop "$folder/image" "$folder/mount" && umount "$folder/mount"
code=$?
rm -rf "$folder"
exit $code`;

export async function readStorageFacts(
  { processes, files }: Invocation['deps'],
  { root, engine }: { readonly root: boolean; readonly engine: EngineStorage | undefined },
): Promise<StorageFacts> {
  const found = await Promise.all(['ext4', 'xfs'].map((name) => processes.which(`mkfs.${name}`)));
  return {
    loop: root ? (await processes.run('sh', ['-c', tryLoop])).code === 0 : undefined,
    made: ['ext4', 'xfs'].filter((_, index) => found[index] !== undefined),
    nfs: await mountsNfs(files),
    driver: engine === undefined ? 'unknown' : [engine.driver, engine.backing].filter(Boolean).join(' on '),
    limits: engine !== undefined && (await limitsOf(processes, engine)),
  };
}

/** The kernel says that it can, or has a module for it, which it loads when it is asked to mount. */
async function mountsNfs(files: Pick<Invocation['deps']['files'], 'read'>): Promise<boolean> {
  if (/\bnfs4$/m.test((await files.read('/proc/filesystems')) ?? '')) return true;
  const release = ((await files.read('/proc/sys/kernel/osrelease')) ?? '').trim();
  return /\/nfsv4\.ko/.test((await files.read(`/lib/modules/${release}/modules.dep`)) ?? '');
}

/** Source: `docker run --storage-opt`. */
async function limitsOf(processes: Invocation['deps']['processes'], engine: EngineStorage): Promise<boolean> {
  const { driver, backing, directory } = engine;
  if (driver === 'btrfs' || driver === 'zfs') return true;
  if (driver !== 'overlay2' || backing !== 'xfs') return false;
  const { stdout } = await processes.run('findmnt', ['--noheadings', '--output', 'OPTIONS', '--target', directory]);
  return /(^|,)p(rj)?quota(,|\s|$)/.test(stdout);
}

export function storageChecks({ loop, made, nfs, driver, limits }: StorageFacts): Check[] {
  return [
    blockCheck(loop, made),
    nfs
      ? { name: 'EFS volumes', state: 'ok', detail: 'directories of this host and NFS servers' }
      : {
          name: 'EFS volumes',
          state: 'warning',
          detail: 'directories of this host work; the kernel does not mount NFS',
          fix: 'use a kernel that has NFS 4.1, or keep to directories: roadstead file-system create',
        },
    limits
      ? { name: 'storage size', state: 'ok', detail: `${driver}: ephemeralStorage is a limit for each container` }
      : {
          name: 'storage size',
          state: 'warning',
          detail: `${driver}: the size of ephemeralStorage is not enforced`,
          fix: 'keep the engine on an XFS mounted with pquota, or on btrfs or zfs',
        },
  ];
}

function blockCheck(loop: boolean | undefined, made: readonly string[]): Check {
  const name = 'EBS volumes';
  if (loop === undefined) {
    return { name, state: 'warning', detail: 'only root can try', fix: 'sudo ./roadstead doctor' };
  }
  if (!loop) {
    return {
      name,
      state: 'warning',
      detail: 'this machine cannot mount a file: volumes are directories, and their size is not enforced',
      fix: 'apt-get install e2fsprogs mount; modprobe loop; containers need --privileged',
    };
  }
  if (made.includes('xfs')) return { name, state: 'ok', detail: `of their size, with ${made.join(' or ')}` };
  return {
    name,
    state: 'warning',
    detail: `of their size, with ${made.join(' or ')}; volumes that ask for xfs, ECS's own choice, cannot be made`,
    fix: 'apt-get install xfsprogs',
  };
}
