import type { Fault } from '#base';
import type { BlockVolume, BlockVolumes, FileSystemSource, FileSystems, FileSystemVolume } from './port.ts';

/** File systems in memory: what each task holds. */
export class SimulatedFileSystems implements FileSystems {
  readonly held = new Map<string, string[]>();
  /** Those of NFS servers, by id. */
  readonly nfs = new Map<string, Readonly<Record<string, string>>>();
  failure: Error | undefined;

  async probe(): Promise<{ available: boolean; problems: readonly string[] }> {
    return { available: true, problems: [] };
  }

  async attach(taskId: string, { fileSystemId, volumeName }: FileSystemVolume): Promise<FileSystemSource> {
    if (this.failure !== undefined) throw this.failure;
    const driverOptions = this.nfs.get(fileSystemId);
    if (driverOptions !== undefined) return { driverOptions };
    this.held.set(taskId, [...(this.held.get(taskId) ?? []), volumeName]);
    return { path: `/mounts/${taskId}/${volumeName}` };
  }

  async detach(taskId: string): Promise<void> {
    this.held.delete(taskId);
  }

  async reconcile(isHeld: (taskId: string) => boolean): Promise<void> {
    for (const taskId of this.held.keys()) if (!isHeld(taskId)) this.held.delete(taskId);
  }
}

/** Block volumes in memory; those that were left by their tasks stay. */
export class SimulatedBlockVolumes implements BlockVolumes {
  readonly volumes = new Map<string, BlockVolume & { readonly mounted: boolean }>();
  /** Held back until this resolves. */
  ready: Promise<void> = Promise.resolve();
  failure: Fault | undefined;

  async probe(): Promise<{ available: boolean; enforced: boolean; problems: readonly string[] }> {
    return { available: true, enforced: true, problems: [] };
  }

  async attach(volume: BlockVolume): Promise<string> {
    await this.ready;
    if (this.failure !== undefined) throw this.failure;
    this.volumes.set(volume.volumeId, { ...volume, mounted: true });
    return `/volumes/${volume.volumeId}`;
  }

  async usage(volumeId: string): Promise<{ usedBytes: number; sizeBytes: number } | undefined> {
    const { mounted = false, sizeGiB = 1 } = this.volumes.get(volumeId) ?? {};
    return mounted ? { usedBytes: 4096, sizeBytes: sizeGiB * 1024 ** 3 } : undefined;
  }

  async detach(volumeId: string): Promise<void> {
    const volume = this.volumes.get(volumeId);
    if (volume?.deleteOnTermination === false) this.volumes.set(volumeId, { ...volume, mounted: false });
    else this.volumes.delete(volumeId);
  }

  async reconcile(isHeld: (volumeId: string) => boolean): Promise<void> {
    for (const volumeId of this.volumes.keys()) if (!isHeld(volumeId)) await this.detach(volumeId);
  }
}
