import type { PayloadContainer, PayloadSecret } from '#wire/link';
import type { EngineTask } from '../task/state.ts';
import type { ValueCalls } from './calls.ts';
import { mergeEnvFiles, type Variables } from './env-file.ts';
import { needsValues, secretKey } from './references.ts';
import { type Fetched, fetchValues } from './task-fetch.ts';

/** What was fetched for a container. In memory alone: it goes into the engine's request, and nowhere else. */
export interface ContainerValues {
  /** Variables of environment files: below those of the definition. */
  readonly files: Variables;
  /** Variables that are secrets: above all others. */
  readonly secrets: Variables;
  /** Options of the log driver that are secrets. */
  readonly logOptions: Variables;
}

/** By the container's name; one that needs none is not there. */
export type TaskValueMap = ReadonlyMap<string, ContainerValues>;

/** What is shorter may be part of any text. */
const leastRedacted = 4;

/**
 * The values that tasks name and the agent fetches, as their execution role. All of a task's are fetched at once, and
 * kept until the task is forgotten; an agent that was started anew fetches them again.
 */
export class TaskValues {
  readonly #region: string;
  readonly #calls: ValueCalls;
  readonly #fetched = new Map<string, Promise<TaskValueMap>>();
  readonly #texts = new Map<string, readonly string[]>();

  constructor(options: { readonly region: string }, deps: { readonly calls: ValueCalls }) {
    this.#region = options.region;
    this.#calls = deps.calls;
  }

  /** Throws Fault `Secret`: its message is the task's reason. */
  of(task: EngineTask, signal: AbortSignal): Promise<TaskValueMap> {
    const { taskArn } = task;
    const known = this.#fetched.get(taskArn);
    if (known !== undefined) return known;
    const fetching = this.#fetch(task, signal);
    this.#fetched.set(taskArn, fetching);
    fetching.catch(() => this.forget(taskArn));
    return fetching;
  }

  forget(taskArn: string): void {
    this.#fetched.delete(taskArn);
    this.#texts.delete(taskArn);
  }

  /** A text that somebody else made, such as the engine's, without the task's values. */
  redacted(taskArn: string, text: string): string {
    return (this.#texts.get(taskArn) ?? []).reduce((left, value) => left.replaceAll(value, '***'), text);
  }

  async #fetch(task: EngineTask, signal: AbortSignal): Promise<TaskValueMap> {
    const containers = task.payload.containers.filter(needsValues);
    if (containers.length === 0) return new Map();
    const fetched = await fetchValues(task, { region: this.#region, calls: this.#calls }, signal);
    const values = new Map(containers.map((container) => [container.name, valuesOf(container, fetched)]));
    this.#texts.set(task.taskArn, textsOf(values.values()));
    return values;
  }
}

function valuesOf(container: PayloadContainer, { secrets, files }: Fetched): ContainerValues {
  const forTarget = (target: PayloadSecret['target']): Variables =>
    Object.fromEntries(
      (container.secrets ?? [])
        .filter((secret) => (secret.target ?? 'CONTAINER') === target)
        .map((secret) => [secret.name, secrets.get(secretKey(secret)) ?? '']),
    );
  return {
    files: mergeEnvFiles((container.environmentFiles ?? []).map(({ value }) => files.get(value) ?? {})),
    secrets: forTarget('CONTAINER'),
    logOptions: forTarget('LOG_DRIVER'),
  };
}

/** The longest first: one may be part of another. */
function textsOf(values: Iterable<ContainerValues>): readonly string[] {
  const texts = new Set<string>();
  for (const { files, secrets, logOptions } of values) {
    for (const text of [files, secrets, logOptions].flatMap(Object.values<string>)) {
      if (text.length >= leastRedacted) texts.add(text);
    }
  }
  return [...texts].sort((a, b) => b.length - a.length);
}
