import type { ContainerDefinition, NetworkMode, TaskDefinitionContent, Volume } from '#model';
import type { Quotas } from '../../../operation.ts';
import type { RegisterInput } from '../input.ts';

/** The quotas that a definition is held to. */
export type DefinitionQuotas = Pick<
  Quotas,
  'containersPerTaskDefinition' | 'taskDefinitionBytes' | 'vcpusPerFargateTask'
>;

/** What a rule judges: the normalised definition, and the request where normalising hides what was asked. */
export interface Subject {
  readonly content: TaskDefinitionContent;
  readonly input: RegisterInput;
  readonly networkMode: NetworkMode;
  /** The definition names a Windows operating system family. */
  readonly windows: boolean;
  readonly quotas: DefinitionQuotas;
}

/** One rule of a task definition: the text of the ClientException it is refused with, or `undefined` when it holds. */
export type Rule = (subject: Subject) => string | undefined;
export type ContainerRule = (container: ContainerDefinition, subject: Subject) => string | undefined;
export type VolumeRule = (volume: Volume, subject: Subject) => string | undefined;

/** The first refusal in the order of the rules; `undefined` when all hold. */
export function firstRefusal(rules: readonly Rule[], subject: Subject): string | undefined {
  for (const rule of rules) {
    const refusal = rule(subject);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** A rule that holds when every container passes, in the order of the definition. */
export function eachContainer(rule: ContainerRule): Rule {
  return (subject) => firstOf(subject.content.containerDefinitions, (container) => rule(container, subject));
}

/** A rule that holds when every volume passes. */
export function eachVolume(rule: VolumeRule): Rule {
  return (subject) => firstOf(subject.content.volumes, (volume) => rule(volume, subject));
}

/** The first refusal that `judge` gives for an item. */
export function firstOf<T>(
  items: readonly T[] | undefined,
  judge: (item: T) => string | undefined,
): string | undefined {
  for (const item of items ?? []) {
    const refusal = judge(item);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The first value that occurs twice. */
export function firstRepeated(values: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return undefined;
}

/** A container's name; `''` before the rule that demands one has spoken. */
export function nameOf(container: ContainerDefinition): string {
  return container.name ?? '';
}

/** Text given and not empty. */
export function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

/** The names ECS allows: letters, digits, hyphens and underscores, 1 to 255 of them. */
export const namePattern = /^[A-Za-z0-9_-]{1,255}$/;
