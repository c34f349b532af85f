import { Fault } from '#base';
import { type NetworkBinding, shortId } from '#model';
import type { PayloadContainer } from '#wire/link';
import { ensurePauseImage } from '../../runtime/pause-image.ts';
import type { ContainerBody } from '../../runtime/port.ts';
import type { TaskValueMap, TaskValues } from '../../secrets/task-values.ts';
import { chooseBindings, releasePorts } from '../bindings.ts';
import { optional } from '../changes.ts';
import { type BodyContext, containerBody, networkHolderBody, pauseBody, taskArnLabel } from '../container-body.ts';
import { awaitsValues, routedOptions, routerOf, routerVariables } from '../firelens/router.ts';
import { within } from '../patience.ts';
import { proxyNameOf } from '../service-connect/attachment.ts';
import { proxyBody } from '../service-connect/container.ts';
import { definitionOf, type EngineContainer, type EngineTask, networkHolder } from '../state.ts';
import { hasCgroup } from './host.ts';
import type { StepDeps, StepOptions } from './options.ts';

export interface ContainerMakerDeps extends StepDeps {
  readonly values: TaskValues;
}

/** Makes the containers of tasks, and the holders of their namespaces. */
export class ContainerMaker {
  readonly #options: StepOptions;
  readonly #deps: ContainerMakerDeps;
  #pauseImage: Promise<void> | undefined;

  constructor(options: StepOptions, deps: ContainerMakerDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** What the namespace holder of the task would be made of. */
  holderOf(task: EngineTask, container: EngineContainer): ContainerBody {
    return pauseBody(task, container, this.#bodyContext(task));
  }

  /** Makes a container, in place of one whose creation was cut off. */
  async make(
    task: EngineTask,
    container: EngineContainer,
  ): Promise<{ runtimeId: string; bindings: readonly NetworkBinding[] }> {
    const definition = definitionOf(task, container.holds ?? container.name);
    if (definition === undefined) {
      return {
        runtimeId: await this.#createAfresh(task, container, this.holderOf(task, container)),
        bindings: [],
      };
    }
    // Ports are those of whoever has the network.
    const { networkMode } = task.payload;
    const held = networkHolder(task, container.name) !== undefined;
    const bindings = held ? [] : await chooseBindings(networkMode, definition, this.#deps.ports);
    try {
      const make = (): Promise<string> =>
        container.holds === undefined
          ? this.#makeBound(task, definition, container, bindings)
          : this.#makeHolder(task, definition, container, bindings);
      return { runtimeId: await make(), bindings };
    } catch (error) {
      releasePorts(bindings, this.#deps.ports);
      throw error;
    }
  }

  async #makeHolder(
    task: EngineTask,
    definition: PayloadContainer,
    holder: EngineContainer,
    bindings: readonly NetworkBinding[],
  ): Promise<string> {
    const body = networkHolderBody(task, holder, definition, bindings, this.#bodyContext(task));
    return this.#createAfresh(task, holder, body);
  }

  async #makeBound(
    task: EngineTask,
    definition: PayloadContainer,
    container: EngineContainer,
    bindings: readonly NetworkBinding[],
  ): Promise<string> {
    // There already, unless a container is made again by an agent that was started anew.
    const all = awaitsValues(task.payload, definition)
      ? await this.#deps.values.of(task, new AbortController().signal)
      : undefined;
    const routing = await this.#routing(task, definition, all);
    const values = optional('values', all?.get(definition.name));
    const context = { ...this.#bodyContext(task), ...routing, ...values };
    const body = containerBody(task, definition, container, bindings, context);
    return this.#createAfresh(task, container, await this.#asProxy(task, container, body));
  }

  /** The proxy's container has a program of the host. */
  async #asProxy(task: EngineTask, { name }: EngineContainer, body: ContainerBody): Promise<ContainerBody> {
    const { proxies } = this.#deps;
    if (proxies === undefined || proxyNameOf(task.payload) !== name) return body;
    return proxyBody(body, await proxies.prepare(task.taskArn, new AbortController().signal));
  }

  /** How the container's output comes to the task's log router, which has an address once it runs. */
  async #routing(
    task: EngineTask,
    definition: PayloadContainer,
    values: TaskValueMap | undefined,
  ): Promise<Pick<BodyContext, 'routing'>> {
    const { routers, runtime } = this.#deps;
    const { payload, containers } = task;
    const router = routerOf(payload);
    if (router === undefined || routers === undefined) return {};
    const variables = routerVariables(payload.containers, (name, option) => values?.get(name)?.logOptions[option]);
    const base = { paths: routers.pathsOf(shortId(payload.arn)), async: this.#options.routersAsync, variables };
    const { name } = router.container;
    const id = (networkHolder(task, name) ?? containers.find((each) => each.name === name))?.runtimeId;
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

  #bodyContext(task: EngineTask): BodyContext {
    const { containerInstanceArn, cluster, region, endpoints, storageLimits = false, nameServers } = this.#options;
    const names = nameServers === undefined ? {} : { nameServers };
    const base = { containerInstanceArn, cluster, region, endpoints, storageLimits, ...names };
    const { cgroups } = this.#deps;
    return hasCgroup(task, this.#deps) && cgroups !== undefined
      ? { ...base, cgroupParent: cgroups.parentOf(shortId(task.taskArn)) }
      : base;
  }
}
