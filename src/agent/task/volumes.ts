import { Fault, type Ids, messageOf } from '#base';
import type { PayloadVolume } from '#wire/link';
import type { ContainerRuntime, VolumeSpec } from '../runtime/port.ts';
import type { EngineTask } from './state.ts';

/**
 * Makes a volume of a task, and gives the engine's name of one that is the task's alone: it goes with the task. A
 * directory of the host needs nothing; a shared volume keeps its own name. Throws Fault `Volume` with ECS's name of the
 * error when a shared one is missing that shall not be made, and when the engine does not make one.
 */
export async function makeVolume(
  deps: { readonly runtime: ContainerRuntime; readonly ids: Ids },
  task: EngineTask,
  volume: PayloadVolume,
  ownLabels: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { runtime, ids } = deps;
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
  const { family, version } = task.payload;
  const name = task.taskVolumes[volume.name] ?? `ecs-${family}-${version}-${volume.name}-${ids.hex(20)}`;
  await create(runtime, { name, ...settings, labels: { ...configuration?.labels, ...ownLabels } });
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
