import { assert, Fault, messageOf } from '#base';
import type { NetworkBinding } from '#model';
import { hasDynamicPorts, releasePorts } from '../bindings.ts';
import { type Change, failed, get, isTimeout, replaced, rethrowUnavailable, settled } from '../changes.ts';
import { instanceLabel } from '../container-body.ts';
import { applyFacts } from '../facts.ts';
import { within } from '../patience.ts';
import {
  advance,
  definitionOf,
  type EngineContainer,
  type EngineTask,
  networkHolder,
  withContainer,
} from '../state.ts';
import type { ContainerMaker, ContainerMakerDeps } from './maker.ts';
import type { StepOptions } from './options.ts';
import { cleanUpPauseMs, persist } from './persist.ts';

export interface ContainerStepsDeps extends ContainerMakerDeps {
  readonly maker: ContainerMaker;
}

/** A container that took another's place as it was started. */
interface Made {
  readonly runtimeId?: string;
  readonly networkBindings?: readonly NetworkBinding[];
}

/** How much longer than its grace a container's stop may take. */
const stopExtraMs = 2 * 60_000;
const portTries = 3;
const portTaken = /port is already allocated|address already in use/i;

/** Steps of single containers. */
export class ContainerSteps {
  readonly #options: StepOptions;
  readonly #deps: ContainerStepsDeps;

  constructor(options: StepOptions, deps: ContainerStepsDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async create(task: EngineTask, container: EngineContainer): Promise<Change> {
    try {
      const { runtimeId, bindings } = await this.#deps.maker.make(task, container);
      return (now) => withContainer(now, container.name, { known: 'CREATED', runtimeId, networkBindings: bindings });
    } catch (error) {
      rethrowUnavailable(error);
      return failed(task, container, 'CannotCreateContainerError', this.#withoutValues(task, error));
    }
  }

  async start(task: EngineTask, container: EngineContainer): Promise<Change> {
    assert(container.runtimeId !== undefined, `container ${container.name} was never created`);
    const { clock, startLanes } = this.#deps;
    const restarted = container.restartDue === true;
    let made: Made = {};
    const replace = (other: Made): void => {
      made = other;
    };
    try {
      const start = (): Promise<void> => this.#startHere(task, container, replace);
      // One that runs already waits for nobody.
      await (container.spare === true ? start() : startLanes.run(start));
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
      const there = { ...container, ...made };
      if (isTimeout(error)) await this.#killLate(there);
      const stopped = failed(task, there, 'CannotStartContainerError', this.#withoutValues(task, error));
      return (now) => stopped(withContainer(now, container.name, made));
    }
  }

  /** The engine may quote what it was given. */
  #withoutValues({ taskArn }: EngineTask, error: unknown): unknown {
    const text = this.#deps.values.redacted(taskArn, messageOf(error));
    if (text === messageOf(error)) return error;
    return new Fault(error instanceof Fault ? error.code : 'Engine', text);
  }

  /** One whose start was given up may run by now. */
  async #killLate({ runtimeId }: EngineContainer): Promise<void> {
    const { runtime, clock } = this.#deps;
    const kill = async (): Promise<void> => runtime.killContainer(runtimeId ?? '', 'SIGKILL');
    await within(clock, cleanUpPauseMs, 'stopped', kill).catch(() => {});
  }

  /**
   * A dynamic port that somebody else took in the meantime costs another try with other ports, in another container:
   * `replace` is told of it.
   */
  async #startHere(task: EngineTask, container: EngineContainer, replace: (made: Made) => void): Promise<void> {
    const { runtime, clock, ports } = this.#deps;
    const { startTimeoutMs } = this.#options;
    const definition = definitionOf(task, container.holds ?? container.name);
    const held = networkHolder(task, container.name) !== undefined;
    const mayMove = definition !== undefined && !held && hasDynamicPorts(task.payload.networkMode, definition);
    let { runtimeId = '', networkBindings } = container;
    for (let attempt = 1; ; attempt++) {
      try {
        await within(clock, startTimeoutMs, 'started', (signal) => runtime.startContainer(runtimeId, signal));
        return;
      } catch (error) {
        if (!mayMove || attempt >= portTries || !portTaken.test(messageOf(error))) throw error;
        await runtime.removeContainer(runtimeId);
        releasePorts(networkBindings, ports);
        replace({ networkBindings: [] });
        const again = await this.#deps.maker.make(task, container);
        runtimeId = again.runtimeId;
        networkBindings = again.bindings;
        replace({ runtimeId, networkBindings });
      }
    }
  }

  async stop(task: EngineTask, container: EngineContainer, signal: AbortSignal): Promise<Change> {
    assert(container.runtimeId !== undefined, `container ${container.name} was never created`);
    const { runtime, clock } = this.#deps;
    const id = container.runtimeId;
    const seconds = definitionOf(task, container.name)?.stopTimeout ?? this.#options.stopTimeoutMs / 1000;
    try {
      const facts = await persist(clock, signal, async () => {
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
      const facts = await persist(clock, signal, () => runtime.inspectContainer(id));
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
}
