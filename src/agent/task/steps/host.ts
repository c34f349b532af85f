import { assert, Fault, messageOf } from '#base';
import { shortId } from '#model';
import type { TaskInterface } from '../../host/network.ts';
import { releasePorts } from '../bindings.ts';
import { type Change, rethrowUnavailable } from '../changes.ts';
import { cpuShares, instanceLabel, primaryAddress, taskArnLabel } from '../container-body.ts';
import { prepareRouter } from '../firelens/prepare.ts';
import { routerOf } from '../firelens/router.ts';
import { proxyNameOf } from '../service-connect/attachment.ts';
import { routeStep } from '../service-connect/steps.ts';
import { type EngineTask, hasInterface, hasLimits, pauseContainer } from '../state.ts';
import { blockVolumesOf, makeVolume } from '../volumes.ts';
import type { StepDeps, StepOptions } from './options.ts';
import { persist } from './persist.ts';

/** Steps of a task as a whole: what it has of its host beside containers. */
export class HostSteps {
  readonly #options: StepOptions;
  readonly #deps: StepDeps;

  constructor(options: StepOptions, deps: StepDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Gets the task what it needs of the host before any of its containers is made. */
  async prepare(task: EngineTask, signal: AbortSignal): Promise<Change> {
    const { payload } = task;
    const taskVolumes: Record<string, string> = { ...task.taskVolumes };
    const paths: Record<string, string> = { ...task.volumePaths };
    const made = (): Pick<EngineTask, 'prepared' | 'taskVolumes' | 'volumePaths'> => ({
      prepared: true,
      taskVolumes,
      ...(Object.keys(paths).length === 0 ? {} : { volumePaths: paths }),
    });
    try {
      if (hasCgroup(task, this.#deps)) {
        await this.#deps.cgroups?.create(shortId(task.taskArn), {
          ...(payload.cpu === undefined ? {} : { cpu: payload.cpu }),
          ...(payload.memory === undefined ? {} : { memoryMiB: payload.memory }),
          cpuShares: payload.containers.reduce((sum, { cpu }) => sum + cpuShares(cpu), 0),
        });
      }
      for (const volume of payload.volumes) {
        const where = await makeVolume(this.#deps, task, volume, this.#ownLabels(task));
        if (where === undefined) continue;
        if ('path' in where) paths[volume.name] = where.path;
        else taskVolumes[volume.name] = where.engineName;
      }
      await prepareRouter(payload, this.#options, this.#deps, signal);
    } catch (error) {
      rethrowUnavailable(error);
      const unable = `ResourceInitializationError: resource cannot be initialized for task ${task.taskArn}: `;
      const named = error instanceof Fault && (error.code === 'Volume' || error.code === 'Firelens');
      const reason = `${named ? '' : unable}${messageOf(error)}`;
      return (now) => ({ ...now, ...made(), desired: 'STOPPED', reason: now.reason ?? reason });
    }
    return (now) => ({ ...now, ...made() });
  }

  /** Puts the task's interface into its namespace, or the ways to its proxy into those of its containers. */
  async attach(task: EngineTask): Promise<Change> {
    if (!hasInterface(task)) return routeStep(task, this.#deps);
    const { runtime, network } = this.#deps;
    const pause = pauseContainer(task);
    try {
      const facts = pause?.runtimeId === undefined ? undefined : await runtime.inspectContainer(pause.runtimeId);
      if (facts === undefined || facts.pid === 0) throw new Fault('Network', 'the namespace holder does not run');
      if (network === undefined) throw new Fault('Network', 'this host cannot give tasks a network interface');
      await network.attach(interfaceOf(task), facts.pid);
      return (now) => ({ ...now, networkAttached: true });
    } catch (error) {
      rethrowUnavailable(error);
      const reason = `ContainerNetworkingError: ${messageOf(error)}`;
      return (now) => ({ ...now, desired: 'STOPPED', reason: now.reason ?? reason });
    }
  }

  /** Gives back what the task has of the host, before its end is told. */
  async teardown(task: EngineTask, signal: AbortSignal): Promise<Change> {
    const { network, runtime, cgroups, ports, log, endLeftover } = this.#deps;
    const quietly = async (what: string, act: () => Promise<void>): Promise<void> => {
      try {
        await persist(this.#deps.clock, signal, act);
      } catch (error) {
        rethrowUnavailable(error);
        log.error(`${what} of a stopped task could not be removed`, { taskArn: task.taskArn, error: messageOf(error) });
      }
    };
    if (hasInterface(task)) await quietly('interface', async () => network?.detach(interfaceOf(task).interfaceId));
    for (const { internal, runtimeId } of task.containers) {
      if (internal && runtimeId !== undefined) await quietly('namespace', () => runtime.removeContainer(runtimeId));
    }
    const { fileSystems, blockVolumes } = this.#deps;
    if (task.payload.volumes.some(({ type }) => type === 'efs')) {
      await quietly('file systems', async () => fileSystems?.detach(shortId(task.taskArn)));
    }
    for (const { volumeId } of blockVolumesOf(task)) {
      await quietly(`volume ${volumeId}`, async () => blockVolumes?.detach(volumeId));
    }
    if (proxyNameOf(task.payload) !== undefined) {
      await quietly('Service Connect proxy', async () => this.#deps.proxies?.end(task.taskArn));
    }
    for (const { startCutOff, runtimeId } of task.containers) {
      if (startCutOff !== true || runtimeId === undefined) continue;
      await quietly('leftover', async () => endLeftover?.(runtimeId));
    }
    if (hasCgroup(task, this.#deps)) await quietly('control group', async () => cgroups?.remove(shortId(task.taskArn)));
    for (const { networkBindings } of task.containers) releasePorts(networkBindings, ports);
    return (now) => ({
      ...now,
      tornDown: true,
      networkAttached: false,
      containers: now.containers.map((one) => (one.internal ? { ...one, known: 'STOPPED' } : one)),
    });
  }

  /** Removes what is left of a stopped task: its containers, its own volumes, what its log router read. */
  async remove(task: EngineTask): Promise<void> {
    const { runtime } = this.#deps;
    // One whose creation was given up, or cut off, has a name alone.
    for (const { runtimeId, runtimeName } of task.containers) await runtime.removeContainer(runtimeId ?? runtimeName);
    for (const name of Object.values(task.taskVolumes)) await runtime.removeVolume(name);
    if (routerOf(task.payload) !== undefined) await this.#deps.routers?.remove(shortId(task.taskArn));
    if (hasCgroup(task, this.#deps)) await this.#deps.cgroups?.remove(shortId(task.taskArn));
  }

  #ownLabels(task: EngineTask): Record<string, string> {
    return { [taskArnLabel]: task.taskArn, [instanceLabel]: this.#options.containerInstanceArn };
  }
}

/** Whether the task is limited as a whole, on a host that can. */
export function hasCgroup({ payload }: EngineTask, { cgroups }: Pick<StepDeps, 'cgroups'>): boolean {
  return cgroups !== undefined && hasLimits(payload);
}

/** The interface of an awsvpc task. */
export function interfaceOf(task: EngineTask): TaskInterface {
  const [eni] = task.payload.elasticNetworkInterfaces ?? [];
  assert(eni !== undefined, 'awsvpc task without an interface');
  return {
    interfaceId: eni.ec2Id,
    macAddress: eni.macAddress,
    address: primaryAddress(eni) ?? '',
    subnetGateway: eni.subnetGatewayIpv4Address,
  };
}
