import { type Logger, messageOf } from '#base';
import { shortId } from '#model';
import type { EndpointHost } from './endpoints/port.ts';
import type { TaskCgroups } from './host/cgroups.ts';
import type { LogRouters } from './host/log-routers.ts';
import type { TaskNetwork } from './host/network.ts';
import { pauseImage } from './runtime/pause-image.ts';
import type { ContainerRuntime, EngineInfo } from './runtime/port.ts';
import { spareLabel } from './sandboxes/pool.ts';
import type { BlockVolumes, FileSystems } from './storage/port.ts';
import { containerNameLabel, instanceLabel, taskArnLabel } from './task/container-body.ts';
import { Lanes } from './task/lanes.ts';
import { pauseName } from './task/state.ts';

export interface CleanOptions {
  /** Only this agent's; without it every agent's on this engine. */
  readonly containerInstanceArn?: string;
  /** Between the stop signal and SIGKILL. */
  readonly stopTimeoutMs: number;
}

export interface CleanDeps {
  readonly runtime: ContainerRuntime;
  readonly log: Logger;
  readonly network?: TaskNetwork;
  readonly endpoints?: EndpointHost;
  readonly routers?: LogRouters;
  readonly cgroups?: (info: EngineInfo) => TaskCgroups | undefined;
  readonly fileSystems?: FileSystems;
  readonly blockVolumes?: BlockVolumes;
}

/** Containers stopped at the same time. */
const cleanLanes = 16;

/**
 * Stops and removes every container of Roadstead on this engine, gracefully, then what was made for them: volumes of
 * single tasks, what was mounted for them, the namespace holder's image, devices, routes, packet filter rules, control
 * groups. No agent of theirs may be running. Returns how many containers of tasks there were; what could not be removed is logged and left.
 */
export async function cleanHost(options: CleanOptions, deps: CleanDeps): Promise<{ readonly containers: number }> {
  const { runtime, network, log } = deps;
  const own = options.containerInstanceArn;
  const label = own === undefined ? instanceLabel : `${instanceLabel}=${own}`;
  const containers = await runtime.listContainers([label]);
  const isPause = (labels: Readonly<Record<string, string>>): boolean => labels[containerNameLabel] === pauseName;
  const lanes = new Lanes({ count: cleanLanes });
  const quietly = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      log.warn(`${what} could not be removed`, { error: messageOf(error) });
    }
  };
  const end = (id: string, graceful: boolean): Promise<void> =>
    lanes.run(() =>
      quietly(`container ${id.slice(0, 12)}`, async () => {
        if (graceful) await runtime.stopContainer(id, options.stopTimeoutMs / 1000);
        await runtime.removeContainer(id);
      }),
    );
  await Promise.all(
    containers.filter(({ labels }) => !isPause(labels)).map(({ id, state }) => end(id, state === 'running')),
  );
  await Promise.all(containers.filter(({ labels }) => isPause(labels)).map(({ id }) => end(id, false)));
  for (const name of await runtime.listVolumes([label]))
    await quietly(`volume ${name}`, () => runtime.removeVolume(name));
  await quietly('views of file systems', async () => deps.fileSystems?.reconcile(() => false));
  await quietly('block volumes', async () => deps.blockVolumes?.reconcile(() => false));
  await quietly('files of log routers', async () => deps.routers?.keepOnly(() => false));
  await quietly('the network', async () => network?.removeAll(own === undefined ? 'all' : 'own'));
  await quietly('the way to the in-task endpoints', async () => deps.endpoints?.remove());
  if (!(await runtime.listContainers([instanceLabel])).some(({ labels }) => isPause(labels))) {
    await quietly('the namespace image', () => runtime.removeImage(pauseImage));
  }
  const cgroups = deps.cgroups?.(await runtime.info());
  await quietly('control groups', async () => {
    if (own === undefined) return cgroups?.removeAll();
    const taskIds = new Set(containers.map(({ labels }) => shortId(labels[taskArnLabel] ?? '')));
    for (const taskId of taskIds) if (taskId !== '') await cgroups?.remove(taskId);
    return cgroups?.removeParent();
  });
  return { containers: containers.filter(({ labels }) => labels[spareLabel] === undefined).length };
}
