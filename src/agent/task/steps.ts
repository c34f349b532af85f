import { assert, type Clock, Fault, type Ids, type Logger, messageOf, sleep, unreachable } from '#base';
import { type NetworkBinding, shortId } from '#model';
import type { PayloadContainer } from '#wire/link';
import type { TaskCgroups } from '../host/cgroups.ts';
import type { EndLeftover } from '../host/leftovers.ts';
import type { TaskInterface, TaskNetwork } from '../host/network.ts';
import type { HostPorts } from '../host/ports.ts';
import { ensurePauseImage } from '../runtime/pause-image.ts';
import type { ContainerBody, ContainerRuntime } from '../runtime/port.ts';
import { type TaskValueMap, TaskValues } from '../secrets/task-values.ts';
import type { BlockVolumes, FileSystems } from '../storage/port.ts';
import { chooseBindings, hasDynamicPorts, heldPorts } from './bindings.ts';
import { type Change, failed, get, isTimeout, optional, replaced, rethrowUnavailable, settled } from './changes.ts';
import {
  type BodyContext,
  containerBody,
  cpuShares,
  instanceLabel,
  pauseBody,
  primaryAddress,
  taskArnLabel,
} from './container-body.ts';
import type { Step } from './decide.ts';
import { applyFacts } from './facts.ts';
import { type PrepareDeps, prepareRouter } from './firelens/prepare.ts';
import { awaitsValues, routedOptions, routerOf, routerVariables } from './firelens/router.ts';
import { type ImageStepDeps, imageStep } from './image-step.ts';
import type { Lanes } from './lanes.ts';
import { within } from './patience.ts';
import {
  advance,
  definitionOf,
  type EngineContainer,
  type EngineTask,
  hasInterface,
  hasLimits,
  pauseContainer,
  withContainer,
} from './state.ts';
import { blockVolumesOf, makeVolume } from './volumes.ts';

export interface StepOptions {
  readonly containerInstanceArn: string;
  readonly cluster: string;
  readonly region: string;
  /** Between the stop signal and SIGKILL for a container that names no stopTimeout. */
  readonly stopTimeoutMs: number;
  /** How long the engine may take to make a container, and to start it. */
  readonly createTimeoutMs: number;
  readonly startTimeoutMs: number;
  /** The host's, as the engine names it: the namespace holder's image is made for it. */
  readonly architecture: string;
  /** In-task endpoints are served on this host. */
  readonly endpoints: boolean;
  /** The engine can limit what a container writes. */
  readonly storageLimits?: boolean;
  /** Of this host, as records of log routers name it; absent outside of any cloud. */
  readonly instanceId?: string;
  /** The engine does not wait for log routers. */
  readonly routersAsync: boolean;
}

export interface StepDeps extends ImageStepDeps, PrepareDeps {
  readonly runtime: ContainerRuntime;
  readonly ports: HostPorts;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly startLanes: Lanes;
  readonly network?: TaskNetwork;
  readonly cgroups?: TaskCgroups;
  readonly fileSystems?: FileSystems;
  readonly blockVolumes?: BlockVolumes;
  readonly endLeftover?: EndLeftover;
}

/** A container that took another's place as it was started. */
interface Made {
  readonly runtimeId?: string;
  readonly networkBindings?: readonly NetworkBinding[];
}

/** How much longer than its grace a container's stop may take. */
const stopExtraMs = 2 * 60_000;
const cleanUpTries = 5;
const cleanUpPauseMs = 1000;
const portTries = 3;
const portTaken = /port is already allocated|address already in use/i;

/** Takes single steps. A failure that is the task's becomes part of the change; a missing engine is thrown. */
export class TaskSteps {
  readonly #options: StepOptions;
  #pauseImage: Promise<void> | undefined;
  readonly #deps: StepDeps;
  readonly #values: TaskValues;

  constructor(options: StepOptions, deps: StepDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#values = new TaskValues(options, deps);
  }

  /** What was fetched for a task is not needed any more. */
  forgetValues(taskArn: string): void {
    this.#values.forget(taskArn);
  }

  run(task: EngineTask, step: Step, signal: AbortSignal): Promise<Change> {
    switch (step.kind) {
      case 'prepare':
        return this.#prepare(task, signal);
      case 'values':
        return this.#fetch(task, signal);
      case 'image':
        return imageStep(task, step.container, this.#deps, signal);
      case 'create':
        return this.#create(task, get(task, step.container));
      case 'start':
        return this.#start(task, get(task, step.container));
      case 'attach':
        return this.#attach(task);
      case 'stop':
        return this.#stop(task, get(task, step.container), signal);
      case 'teardown':
        return this.#teardown(task, signal);
      default:
        return unreachable(step);
    }
  }

  async #prepare(task: EngineTask, signal: AbortSignal): Promise<Change> {
    const { payload } = task;
    const taskVolumes: Record<string, string> = { ...task.taskVolumes };
    const paths: Record<string, string> = { ...task.volumePaths };
    const made = (): Pick<EngineTask, 'prepared' | 'taskVolumes' | 'volumePaths'> => ({
      prepared: true,
      taskVolumes,
      ...(Object.keys(paths).length === 0 ? {} : { volumePaths: paths }),
    });
    try {
      if (this.#hasCgroup(task)) {
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

  /** Without what its containers name, a task stops. */
  async #fetch(task: EngineTask, signal: AbortSignal): Promise<Change> {
    try {
      await this.#values.of(task, signal);
      return (now) => ({ ...now, valuesFetched: true });
    } catch (error) {
      if (signal.aborted) throw error;
      return (now) => ({ ...now, desired: 'STOPPED', reason: now.reason ?? messageOf(error) });
    }
  }

  async #create(task: EngineTask, container: EngineContainer): Promise<Change> {
    try {
      const { runtimeId, bindings } = await this.#make(task, container);
      return (now) => withContainer(now, container.name, { known: 'CREATED', runtimeId, networkBindings: bindings });
    } catch (error) {
      rethrowUnavailable(error);
      return failed(task, container, 'CannotCreateContainerError', this.#withoutValues(task, error));
    }
  }

  /** What the namespace holder of the task would be made of. */
  holderOf(task: EngineTask, container: EngineContainer): ContainerBody {
    return pauseBody(task, container, this.#bodyContext(task));
  }

  async #make(
    task: EngineTask,
    container: EngineContainer,
  ): Promise<{ runtimeId: string; bindings: readonly NetworkBinding[] }> {
    const definition = definitionOf(task, container.name);
    if (definition === undefined) {
      return {
        runtimeId: await this.#createAfresh(task, container, this.holderOf(task, container)),
        bindings: [],
      };
    }
    const bindings = await chooseBindings(task.payload.networkMode, definition, this.#deps.ports);
    // There already, unless a container is made again by an agent that was started anew.
    const all = awaitsValues(task.payload, definition)
      ? await this.#values.of(task, new AbortController().signal)
      : undefined;
    const routing = await this.#routing(task, definition, all);
    const values = optional('values', all?.get(definition.name));
    const context = { ...this.#bodyContext(task), ...routing, ...values };
    const body = containerBody(task, definition, container, bindings, context);
    return { runtimeId: await this.#createAfresh(task, container, body), bindings };
  }

  /** How the container's output comes to the task's log router, which has an address once it runs. */
  async #routing(
    { payload, containers }: EngineTask,
    definition: PayloadContainer,
    values: TaskValueMap | undefined,
  ): Promise<Pick<BodyContext, 'routing'>> {
    const { routers, runtime } = this.#deps;
    const router = routerOf(payload);
    if (router === undefined || routers === undefined) return {};
    const variables = routerVariables(payload.containers, (name, option) => values?.get(name)?.logOptions[option]);
    const base = { paths: routers.pathsOf(shortId(payload.arn)), async: this.#options.routersAsync, variables };
    const id = containers.find(({ name }) => name === router.container.name)?.runtimeId;
    if (payload.networkMode !== 'bridge' || id === undefined || routedOptions(definition) === undefined) {
      return { routing: base };
    }
    const [routerAddress] = (await runtime.describeContainer(id))?.addresses.ipv4 ?? [];
    return { routing: { ...base, ...optional('routerAddress', routerAddress) } };
  }

  /** A name in use by this very task is a container whose creation was cut off: it is made anew. */
  async #createAfresh(task: EngineTask, container: EngineContainer, body: ContainerBody): Promise<string> {
    const { runtime, clock } = this.#deps;
    const create = (): Promise<string> =>
      within(clock, this.#options.createTimeoutMs, 'created', (signal) =>
        runtime.createContainer(container.runtimeName, body, signal),
      );
    try {
      return await create();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (container.internal && error.code === 'NotFound') {
        // Tasks that start together make it once.
        this.#pauseImage ??= ensurePauseImage(runtime, this.#options.architecture).finally(() => {
          this.#pauseImage = undefined;
        });
        await this.#pauseImage;
        return create();
      }
      if (error.code !== 'Conflict') throw error;
      const there = await runtime.inspectContainer(container.runtimeName);
      if (there === undefined || there.labels[taskArnLabel] !== task.taskArn) throw error;
      await runtime.removeContainer(there.id);
      return create();
    }
  }

  async #start(task: EngineTask, container: EngineContainer): Promise<Change> {
    assert(container.runtimeId !== undefined, `container ${container.name} was never created`);
    const { clock, startLanes } = this.#deps;
    const restarted = container.restartDue === true;
    try {
      const start = (): Promise<Made> => this.#startHere(task, container, container.runtimeId ?? '');
      // One that runs already waits for nobody.
      const made = await (container.spare === true ? start() : startLanes.run(start));
      const startedAt = clock.now();
      return (now) => {
        const current = get(now, container.name);
        if (current.known === 'STOPPED') return now;
        const { restartDue: _due, startCutOff: _cut, ...rest } = current;
        const started: EngineContainer = {
          ...rest,
          ...made,
          known: advance(current, 'RUNNING'),
          startedAt,
          restartCount: current.restartCount + (restarted ? 1 : 0),
          health: 'UNKNOWN',
        };
        return replaced(now, started);
      };
    } catch (error) {
      rethrowUnavailable(error);
      if (isTimeout(error)) await this.#killLate(container);
      return failed(task, container, 'CannotStartContainerError', this.#withoutValues(task, error));
    }
  }

  /** The engine may quote what it was given. */
  #withoutValues({ taskArn }: EngineTask, error: unknown): unknown {
    const text = this.#values.redacted(taskArn, messageOf(error));
    if (text === messageOf(error)) return error;
    return new Fault(error instanceof Fault ? error.code : 'Engine', text);
  }

  /** One whose start was given up may run by now. */
  async #killLate({ runtimeId }: EngineContainer): Promise<void> {
    const { runtime, clock } = this.#deps;
    const kill = async (): Promise<void> => runtime.killContainer(runtimeId ?? '', 'SIGKILL');
    await within(clock, cleanUpPauseMs, 'stopped', kill).catch(() => {});
  }

  /** A dynamic port that somebody else took in the meantime costs another try with other ports. */
  async #startHere(task: EngineTask, container: EngineContainer, id: string): Promise<Made> {
    const { runtime, clock } = this.#deps;
    const { startTimeoutMs } = this.#options;
    const definition = definitionOf(task, container.name);
    const mayMove = definition !== undefined && hasDynamicPorts(task.payload.networkMode, definition);
    let runtimeId = id;
    let made: Made = {};
    for (let attempt = 1; ; attempt++) {
      try {
        await within(clock, startTimeoutMs, 'started', (signal) => runtime.startContainer(runtimeId, signal));
        return made;
      } catch (error) {
        if (!mayMove || attempt >= portTries || !portTaken.test(messageOf(error))) throw error;
        await runtime.removeContainer(runtimeId);
        const again = await this.#make(task, container);
        runtimeId = again.runtimeId;
        made = { runtimeId, networkBindings: again.bindings };
      }
    }
  }

  async #attach(task: EngineTask): Promise<Change> {
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

  async #stop(task: EngineTask, container: EngineContainer, signal: AbortSignal): Promise<Change> {
    assert(container.runtimeId !== undefined, `container ${container.name} was never created`);
    const { runtime, clock } = this.#deps;
    const id = container.runtimeId;
    const seconds = definitionOf(task, container.name)?.stopTimeout ?? this.#options.stopTimeoutMs / 1000;
    try {
      const facts = await this.#persist(signal, async () => {
        await within(clock, seconds * 1000 + stopExtraMs, 'stopped', (given) =>
          runtime.stopContainer(id, seconds, given),
        );
        return runtime.inspectContainer(id);
      });
      return (now) => applyFacts(settled(now, container.name), container.name, facts, clock.now());
    } catch (error) {
      rethrowUnavailable(error);
      const gone = error instanceof Fault && error.code === 'NotFound';
      if (gone) return (now) => applyFacts(now, container.name, undefined, clock.now());
      return failed(task, container, 'CannotStopContainerError', error);
    }
  }

  /**
   * What the engine says of a container. One that it cannot tell about, tried several times, counts as stopped unless
   * the engine lists it as running: then it is left as it is.
   */
  async inspect(task: EngineTask, container: EngineContainer, signal: AbortSignal): Promise<Change> {
    const { runtime, clock, log } = this.#deps;
    const id = container.runtimeId ?? container.runtimeName;
    try {
      const facts = await this.#persist(signal, () => runtime.inspectContainer(id));
      return (now) => applyFacts(now, container.name, facts, clock.now());
    } catch (error) {
      rethrowUnavailable(error);
      if (signal.aborted) throw error;
      const listed = await runtime.listContainers([`${instanceLabel}=${this.#options.containerInstanceArn}`]);
      if (listed.some((one) => one.id === id && one.state === 'running')) {
        log.warn('a running container cannot be looked at', { taskArn: task.taskArn, error: messageOf(error) });
        return (now) => now;
      }
      return failed(task, container, 'CannotInspectContainerError', error);
    }
  }

  async #teardown(task: EngineTask, signal: AbortSignal): Promise<Change> {
    const { network, runtime, cgroups, ports, log, endLeftover } = this.#deps;
    const pause = pauseContainer(task);
    const quietly = async (what: string, act: () => Promise<void>): Promise<void> => {
      try {
        await this.#persist(signal, act);
      } catch (error) {
        rethrowUnavailable(error);
        log.error(`${what} of a stopped task could not be removed`, { taskArn: task.taskArn, error: messageOf(error) });
      }
    };
    if (hasInterface(task)) await quietly('interface', async () => network?.detach(interfaceOf(task).interfaceId));
    const holder = pause?.runtimeId;
    if (holder !== undefined) await quietly('namespace', () => runtime.removeContainer(holder));
    const { fileSystems, blockVolumes } = this.#deps;
    if (task.payload.volumes.some(({ type }) => type === 'efs')) {
      await quietly('file systems', async () => fileSystems?.detach(shortId(task.taskArn)));
    }
    for (const { volumeId } of blockVolumesOf(task)) {
      await quietly(`volume ${volumeId}`, async () => blockVolumes?.detach(volumeId));
    }
    for (const { startCutOff, runtimeId } of task.containers) {
      if (startCutOff !== true || runtimeId === undefined) continue;
      await quietly('leftover', async () => endLeftover?.(runtimeId));
    }
    if (this.#hasCgroup(task)) await quietly('control group', async () => cgroups?.remove(shortId(task.taskArn)));
    for (const { networkBindings } of task.containers) {
      for (const { protocol, first, count } of heldPorts(networkBindings)) ports.release(protocol, first, count);
    }
    return (now) => {
      const tornDown: EngineTask = { ...now, tornDown: true, networkAttached: false };
      return pause === undefined ? tornDown : withContainer(tornDown, pause.name, { known: 'STOPPED' });
    };
  }

  /** Removes what is left of a stopped task: its containers, its own volumes, what its log router read. */
  async remove(task: EngineTask): Promise<void> {
    const { runtime } = this.#deps;
    // One whose creation was given up, or cut off, has a name alone.
    for (const { runtimeId, runtimeName } of task.containers) await runtime.removeContainer(runtimeId ?? runtimeName);
    for (const name of Object.values(task.taskVolumes)) await runtime.removeVolume(name);
    if (routerOf(task.payload) !== undefined) await this.#deps.routers?.remove(shortId(task.taskArn));
    if (this.#hasCgroup(task)) await this.#deps.cgroups?.remove(shortId(task.taskArn));
  }

  async #persist<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        rethrowUnavailable(error);
        const final = isTimeout(error) || (error instanceof Fault && error.code === 'NotFound');
        if (attempt >= cleanUpTries || final) throw error;
        await sleep(this.#deps.clock, cleanUpPauseMs, signal);
      }
    }
  }

  #hasCgroup({ payload }: EngineTask): boolean {
    return this.#deps.cgroups !== undefined && hasLimits(payload);
  }

  #bodyContext(task: EngineTask): BodyContext {
    const { containerInstanceArn, cluster, region, endpoints, storageLimits = false } = this.#options;
    const base = { containerInstanceArn, cluster, region, endpoints, storageLimits };
    const { cgroups } = this.#deps;
    return this.#hasCgroup(task) && cgroups !== undefined
      ? { ...base, cgroupParent: cgroups.parentOf(shortId(task.taskArn)) }
      : base;
  }

  #ownLabels(task: EngineTask): Record<string, string> {
    return { [taskArnLabel]: task.taskArn, [instanceLabel]: this.#options.containerInstanceArn };
  }
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
