import { type Clock, Fault, type Ids, messageOf, type Timer } from '#base';
import { shortId } from '#model';
import type { PayloadVolume } from '#wire/link';
import { attachTimeoutMs } from '../limits.ts';
import type { ContainerRuntime, VolumeSpec } from '../runtime/port.ts';
import type { BlockVolume, BlockVolumes, FileSystems } from '../storage/port.ts';
import type { EngineTask } from './state.ts';

/** Where a volume of a task is: the engine's name of one that is the task's alone, or a path of the host. */
export type MadeVolume = { readonly engineName: string } | { readonly path: string };

export interface VolumeDeps {
  readonly runtime: ContainerRuntime;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly fileSystems?: FileSystems;
  readonly blockVolumes?: BlockVolumes;
}

/**
 * Makes a volume of a task, and gives where it is unless its mount points say so: a directory of the host needs nothing,
 * a shared volume keeps its own name. Throws Fault `Volume` with ECS's name of the error when a shared one is missing
 * that shall not be made, and when the engine or the host does not make one.
 */
export async function makeVolume(
  deps: VolumeDeps,
  task: EngineTask,
  volume: PayloadVolume,
  ownLabels: Readonly<Record<string, string>>,
): Promise<MadeVolume | undefined> {
  const { runtime } = deps;
  if (volume.type === 'efs') return makeFileSystem(deps, task, volume, ownLabels);
  if (volume.type === 'attachment') return { path: await attachBlockVolume(deps, task, volume) };
  const configuration = volume.dockerVolumeConfiguration;
  const hostPath = volume.host?.sourcePath ?? '';
  if (configuration === undefined && hostPath !== '') return undefined;
  const settings = { driver: configuration?.driver ?? 'local', driverOptions: configuration?.driverOpts ?? {} };
  if (configuration?.scope === 'shared') {
    if (await runtime.hasVolume(volume.name)) return undefined;
    if (!configuration.autoprovision) {
      throw new Fault('Volume', `CannotInspectVolumeError: no such volume: ${volume.name}`);
    }
    await create(runtime, { name: volume.name, ...settings, labels: configuration.labels });
    return undefined;
  }
  const labels = { ...configuration?.labels, ...ownLabels };
  return { engineName: await createOwn(deps, task, volume.name, { ...settings, labels }) };
}

async function makeFileSystem(
  deps: VolumeDeps,
  task: EngineTask,
  { name: volumeName, efsVolumeConfiguration: configuration }: PayloadVolume,
  labels: Readonly<Record<string, string>>,
): Promise<MadeVolume> {
  const { fileSystems } = deps;
  if (fileSystems === undefined || configuration === undefined) throw new Fault('Volume', notHere(volumeName));
  const source = await fileSystems.attach(shortId(task.taskArn), { volumeName, ...configuration });
  if ('path' in source) return source;
  const { driverOptions } = source;
  return { engineName: await createOwn(deps, task, volumeName, { driver: 'local', driverOptions, labels }) };
}

async function attachBlockVolume(
  { blockVolumes, clock }: VolumeDeps,
  task: EngineTask,
  { name }: PayloadVolume,
): Promise<string> {
  const volume = blockVolumesOf(task).find(({ volumeName }) => volumeName === name);
  if (blockVolumes === undefined || volume === undefined) throw new Fault('Volume', notHere(name));
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = 'ECS timed out while configuring the EBS volume attachment to your Task.';
    timer = clock.setTimer(attachTimeoutMs, () => reject(new Fault('Volume', text)));
  });
  try {
    return await Promise.race([blockVolumes.attach(volume), late]);
  } finally {
    timer?.cancel();
  }
}

function notHere(name: string): string {
  return `VolumeError: Agent could not create task's volume resources: the host cannot give the volume ${name}`;
}

/** The managed EBS volumes that a payload's attachments name. */
export function blockVolumesOf({ payload }: Pick<EngineTask, 'payload'>): readonly BlockVolume[] {
  return (payload.attachments ?? [])
    .filter(({ attachmentType }) => attachmentType === 'amazonebs')
    .map(({ attachmentProperties }): BlockVolume => {
      const said = new Map(attachmentProperties.map(({ name, value }) => [name, value]));
      const sizeGiB = Number(said.get('volumeSizeGib') ?? 0);
      const filesystemType = said.get('fileSystem');
      const snapshotId = said.get('roadstead.snapshotId');
      return {
        volumeId: said.get('volumeId') ?? '',
        taskArn: payload.arn,
        volumeName: said.get('volumeName') ?? '',
        ...(sizeGiB > 0 ? { sizeGiB } : {}),
        ...(filesystemType === undefined ? {} : { filesystemType }),
        ...(snapshotId === undefined ? {} : { snapshotId }),
        deleteOnTermination: said.get('roadstead.deleteOnTermination') !== 'false',
      };
    });
}

/** A volume of the engine that goes with the task; one that an earlier try made keeps its name. */
async function createOwn(
  { runtime, ids }: VolumeDeps,
  task: EngineTask,
  volumeName: string,
  spec: Omit<VolumeSpec, 'name'>,
): Promise<string> {
  const { family, version } = task.payload;
  const name = task.taskVolumes[volumeName] ?? `ecs-${family}-${version}-${volumeName}-${ids.hex(20)}`;
  await create(runtime, { name, ...spec });
  return name;
}

async function create(runtime: ContainerRuntime, volume: VolumeSpec): Promise<void> {
  try {
    await runtime.createVolume(volume);
  } catch (error) {
    if (error instanceof Fault && error.code === 'EngineUnavailable') throw error;
    throw new Fault('Volume', `CannotCreateVolumeError: ${messageOf(error)}`, { cause: error });
  }
}
