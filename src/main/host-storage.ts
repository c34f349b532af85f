import { FileSystemCatalogue, SystemBlockVolumes, SystemFileSystems } from '#agent';
import { Ids } from '#base';
import { installationPaths } from '../cli/installation.ts';
import type { HostStorage } from '../cli/ports.ts';
import { SystemRandom } from './system.ts';

/** What an installation keeps for tasks on this host's disk, as its operator sees it. */
export function hostStorage(dataDir: string): HostStorage {
  const ids = new Ids(new SystemRandom());
  const paths = installationPaths(dataDir);
  const catalogue = new FileSystemCatalogue({ directory: paths.fileSystems });
  const volumes = blockVolumesOf({ agent: paths.agent, snapshots: paths.snapshots });
  return {
    createFileSystem: (wanted) => catalogue.create(wanted, ids),
    listFileSystems: () => catalogue.list(),
    deleteFileSystem: (fileSystemId) => catalogue.delete(fileSystemId),
    addAccessPoint: (fileSystemId, wanted) => catalogue.addAccessPoint(fileSystemId, wanted, ids),
    listVolumes: () => volumes.list(),
    deleteVolume: (volumeId) => volumes.delete(volumeId),
    snapshotVolume: (volumeId) => volumes.snapshot(volumeId, ids),
    listSnapshots: () => volumes.listSnapshots(),
    deleteSnapshot: (snapshotId) => volumes.deleteSnapshot(snapshotId),
  };
}

/** The volumes of the agent with this directory. */
export function blockVolumesOf({
  agent,
  snapshots,
}: {
  readonly agent: string;
  readonly snapshots: string;
}): SystemBlockVolumes {
  return new SystemBlockVolumes({ volumes: `${agent}/volumes`, snapshots });
}

/** The file systems of the host, as tasks of the agent with this directory see them. */
export function fileSystemsOf(options: {
  readonly agent: string;
  readonly fileSystems: string;
  readonly region: string;
}): SystemFileSystems {
  const { agent, region } = options;
  const catalogue = new FileSystemCatalogue({ directory: options.fileSystems });
  return new SystemFileSystems({ region, mounts: `${agent}/mounts` }, { catalogue });
}
