import { messageOf, unreachable } from '#base';
import type { ContainerBody } from '../../runtime/port.ts';
import { TaskValues } from '../../secrets/task-values.ts';
import { type Change, get } from '../changes.ts';
import type { Step } from '../decide.ts';
import { drainStep, planStep, serveStep } from '../service-connect/steps.ts';
import type { EngineContainer, EngineTask } from '../state.ts';
import { ContainerSteps } from './containers.ts';
import { HostSteps } from './host.ts';
import { imageStep } from './image.ts';
import { ContainerMaker } from './maker.ts';
import type { StepDeps, StepOptions } from './options.ts';

/** Takes single steps. A failure that is the task's becomes part of the change; a missing engine is thrown. */
export class TaskSteps {
  readonly #deps: StepDeps;
  readonly #values: TaskValues;
  readonly #maker: ContainerMaker;
  readonly #containers: ContainerSteps;
  readonly #host: HostSteps;

  constructor(options: StepOptions, deps: StepDeps) {
    this.#deps = deps;
    this.#values = new TaskValues(options, deps);
    this.#maker = new ContainerMaker(options, { ...deps, values: this.#values });
    this.#containers = new ContainerSteps(options, { ...deps, values: this.#values, maker: this.#maker });
    this.#host = new HostSteps(options, deps);
  }

  /** What was fetched for a task is not needed any more. */
  forgetValues(taskArn: string): void {
    this.#values.forget(taskArn);
  }

  run(task: EngineTask, step: Step, signal: AbortSignal): Promise<Change> {
    switch (step.kind) {
      case 'prepare':
        return this.#host.prepare(task, signal);
      case 'values':
        return this.#fetch(task, signal);
      case 'image':
        return imageStep(task, step.container, this.#deps, signal);
      case 'plan':
        return planStep(task, get(task, step.container), this.#deps, signal);
      case 'serve':
        return serveStep(task, get(task, step.container), this.#deps, signal);
      case 'drain':
        return drainStep(task, this.#deps, signal);
      case 'create':
        return this.#containers.create(task, get(task, step.container));
      case 'start':
        return this.#containers.start(task, get(task, step.container));
      case 'attach':
        return this.#host.attach(task);
      case 'stop':
        return this.#containers.stop(task, get(task, step.container), signal);
      case 'teardown':
        return this.#host.teardown(task, signal);
      default:
        return unreachable(step);
    }
  }

  /** What the namespace holder of the task would be made of. */
  holderOf(task: EngineTask, container: EngineContainer): ContainerBody {
    return this.#maker.holderOf(task, container);
  }

  /** What the engine says of a container. */
  inspect(task: EngineTask, container: EngineContainer, signal: AbortSignal): Promise<Change> {
    return this.#containers.inspect(task, container, signal);
  }

  /** Removes what is left of a stopped task. */
  remove(task: EngineTask): Promise<void> {
    return this.#host.remove(task);
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
}
