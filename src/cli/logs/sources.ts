import type { Container, ContainerDefinition, Task } from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../control-plane.ts';
import type { Engine } from '../ports.ts';
import { definitionReader } from '../targets.ts';
import { engineSource } from './engine-source.ts';
import type { LogSource } from './line.ts';
import { streamSource } from './stream-source.ts';

/** A container whose lines cannot be read from here, with the reason. */
export interface Elsewhere {
  readonly container: string;
  readonly taskArn: string;
  readonly why: string;
}

export interface FoundSources {
  readonly sources: readonly LogSource[];
  readonly elsewhere: readonly Elsewhere[];
}

/**
 * Finds where containers log, each once: in CloudWatch Logs when its definition says awslogs, else on this machine's
 * engine, when it runs here. A container that has not started is looked at again.
 */
export class SourceFinder {
  readonly #controlPlane: ControlPlane;
  readonly #engine: Engine;
  readonly #container: string | undefined;
  readonly #definitionOf: ReturnType<typeof definitionReader>;
  readonly #seen = new Set<string>();

  constructor(controlPlane: ControlPlane, engine: Engine, container: string | undefined) {
    this.#controlPlane = controlPlane;
    this.#engine = engine;
    this.#container = container;
    this.#definitionOf = definitionReader(controlPlane);
  }

  /** Those that were not found before. */
  async find(tasks: readonly Task[]): Promise<FoundSources> {
    const sources: LogSource[] = [];
    const elsewhere: Elsewhere[] = [];
    for (const task of tasks) {
      const definition = await this.#definitionOf(task.taskDefinitionArn ?? '');
      for (const one of definition?.containerDefinitions ?? []) {
        const { taskArn = '' } = task;
        const key = `${taskArn}/${one.name}`;
        if ((this.#container !== undefined && one.name !== this.#container) || this.#seen.has(key)) continue;
        const found = await this.#sourceOf(task, one);
        if (found === undefined) continue;
        this.#seen.add(key);
        if ('why' in found) elsewhere.push(found);
        else sources.push(found);
      }
    }
    return { sources, elsewhere };
  }

  /** `undefined` while nothing can be said yet. */
  async #sourceOf(task: Task, definition: ContainerDefinition): Promise<LogSource | Elsewhere | undefined> {
    const { taskArn = '' } = task;
    const { name: container = '', logConfiguration } = definition;
    const origin = { taskArn, container };
    const known = task.containers?.find(({ name }) => name === container);
    const driver = logConfiguration?.logDriver;
    if (driver === 'awslogs') return this.#streamOf(origin, known, logConfiguration?.options ?? {});
    if (known?.runtimeId === undefined) {
      return task.lastStatus === 'STOPPED' ? { ...origin, why: 'never started' } : undefined;
    }
    const here = await engineSource(this.#engine, known.runtimeId, origin);
    if (here !== undefined) return here;
    const kept = driver === undefined ? 'with its engine' : `with ${driver}`;
    return { ...origin, why: `logs ${kept} on another machine, or is removed already` };
  }

  #streamOf(
    origin: { readonly taskArn: string; readonly container: string },
    known: Container | undefined,
    options: Readonly<Record<string, string>>,
  ): LogSource | Elsewhere | undefined {
    const region = options['awslogs-region'] ?? this.#controlPlane.connection.region;
    const logGroupName = options['awslogs-group'] ?? '';
    const endpoint = options['awslogs-endpoint'];
    if (endpoint !== undefined) return { ...origin, why: `logs to ${endpoint}, log group ${logGroupName}` };
    const prefix = options['awslogs-stream-prefix'];
    const taskId = origin.taskArn.slice(origin.taskArn.lastIndexOf('/') + 1);
    const logStreamName =
      options['awslogs-stream'] ??
      (prefix === undefined ? known?.runtimeId : `${prefix}/${origin.container}/${taskId}`);
    if (logStreamName === undefined) return undefined;
    return streamSource(this.#controlPlane, { region, logGroupName, logStreamName }, origin);
  }
}
