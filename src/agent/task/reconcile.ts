import { type Logger, messageOf } from '#base';
import { shortId } from '#model';
import type { TaskCgroups } from '../host/cgroups.ts';
import type { LogRouters } from '../host/log-routers.ts';
import type { TaskNetwork } from '../host/network.ts';
import type { TaskProxies } from '../host/task-proxies.ts';
import type { ContainerRuntime } from '../runtime/port.ts';
import type { BlockVolumes, FileSystems } from '../storage/port.ts';
import { type EngineTask, hasLimits } from './state.ts';
import { blockVolumesOf } from './volumes.ts';

export interface ReconcileDeps {
  readonly runtime: ContainerRuntime;
  readonly network?: TaskNetwork;
  readonly routers?: LogRouters;
  readonly proxies?: TaskProxies;
  readonly fileSystems?: FileSystems;
  readonly blockVolumes?: BlockVolumes;
  readonly cgroups?: TaskCgroups;
  readonly log: Logger;
}

/** Whose volumes of the engine's are looked at, and whether a task is being prepared right now. */
export interface ReconcileView {
  readonly label: string;
  /** Those of the moment: one that came since the last question has what it is given meanwhile. */
  readonly tasks: () => readonly EngineTask[];
  readonly isPreparing: () => boolean;
}

/** Gives back what the host holds, beside containers, for tasks that are no more. Throws Fault `EngineUnavailable`. */
export async function reconcileHost({ label, tasks, isPreparing }: ReconcileView, deps: ReconcileDeps): Promise<void> {
  const { runtime, network, routers } = deps;
  await routers?.keepOnly((taskId) => tasks().some(({ taskArn }) => shortId(taskArn) === taskId));
  await deps.proxies?.keepOnly((taskId) =>
    tasks().some(({ taskArn, tornDown }) => !tornDown && shortId(taskArn) === taskId),
  );
  const names = await runtime.listVolumes([label]);
  // A task that is being prepared has volumes that are not known yet: they are looked at another time.
  if (!isPreparing()) {
    const volumes = new Set(tasks().flatMap((task) => Object.values(task.taskVolumes)));
    for (const name of names) if (!volumes.has(name)) await runtime.removeVolume(name);
  }
  await network?.reconcile(tasks().flatMap(heldInterface));
  await reconcileStorage(tasks, deps);
  await reconcileCgroups(tasks(), deps);
}

/** An engine that was killed while it started a container may make the task's group again after the task had ended. */
async function reconcileCgroups(tasks: readonly EngineTask[], { cgroups, log }: ReconcileDeps): Promise<void> {
  for (const { taskArn, tornDown, payload } of tasks) {
    if (!tornDown || !hasLimits(payload)) continue;
    try {
      await cgroups?.remove(shortId(taskArn));
    } catch (error) {
      log.warn('the control group of a stopped task could not be removed yet', { taskArn, error: messageOf(error) });
    }
  }
}

/** That something cannot be given back stops nobody. */
async function reconcileStorage(
  tasks: () => readonly EngineTask[],
  { fileSystems, blockVolumes, log }: ReconcileDeps,
): Promise<void> {
  const isHeld = (holds: (task: EngineTask) => boolean): boolean =>
    tasks().some((task) => !task.tornDown && holds(task));
  const quietly = (removing: Promise<void> | undefined): Promise<void> | undefined =>
    removing?.catch((error: unknown) =>
      log.warn('volumes of tasks that are no more could not be removed', { error: messageOf(error) }),
    );
  const ofTask = (taskId: string): boolean => isHeld(({ taskArn }) => shortId(taskArn) === taskId);
  const ofVolume = (id: string): boolean =>
    isHeld((task) => blockVolumesOf(task).some(({ volumeId }) => volumeId === id));
  await quietly(fileSystems?.reconcile(ofTask));
  await quietly(blockVolumes?.reconcile(ofVolume));
}

/** The interface that a task may hold. */
function heldInterface(task: EngineTask): string[] {
  const id = task.payload.networkMode === 'awsvpc' ? task.payload.elasticNetworkInterfaces?.[0]?.ec2Id : undefined;
  return id === undefined || task.tornDown ? [] : [id];
}
