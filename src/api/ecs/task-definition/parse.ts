import { type Compatibility, networkModeOf, type RequiredAttribute, type TaskDefinitionContent } from '#model';
import { ApiError } from '#wire/aws';
import { defaultQuotas } from '../../operation.ts';
import { requiredAttributes } from './attributes.ts';
import { compatibilitiesOf, compatibilityRefusal } from './compatibilities.ts';
import type { RegisterInput } from './input.ts';
import { normaliseTaskDefinition } from './normalise.ts';
import { generalRules } from './rules/general.ts';
import { type DefinitionQuotas, firstRefusal, type Subject } from './rules/rule.ts';

export interface ParsedTaskDefinition {
  readonly content: TaskDefinitionContent;
  readonly compatibilities: readonly Compatibility[];
  readonly requiresAttributes: readonly RequiredAttribute[];
}

/** Checks and completes a definition. Throws ClientException with the first refusal. */
export function parseTaskDefinition(
  input: RegisterInput,
  quotas: DefinitionQuotas = defaultQuotas,
): ParsedTaskDefinition {
  const subject = subjectOf(input, quotas);
  const refusal = firstRefusal(generalRules, subject) ?? compatibilityRefusal(subject) ?? sizeRefusal(subject);
  if (refusal !== undefined) throw new ApiError('ClientException', refusal);
  const compatibilities = compatibilitiesOf(subject);
  return {
    content: subject.content,
    compatibilities,
    requiresAttributes: requiredAttributes(subject.content, compatibilities),
  };
}

/** What the rules judge. */
export function subjectOf(input: RegisterInput, quotas: DefinitionQuotas = defaultQuotas): Subject {
  const content = normaliseTaskDefinition(input);
  return {
    content,
    input,
    networkMode: networkModeOf(content),
    windows: content.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false,
    quotas,
  };
}

/** "Amazon ECS service quotas": a definition has at most 64 KiB. Observed text. */
export function sizeRefusal({
  content,
  quotas: { taskDefinitionBytes },
}: {
  readonly content: object;
  readonly quotas: Pick<DefinitionQuotas, 'taskDefinitionBytes'>;
}): string | undefined {
  const sizeBytes = Buffer.byteLength(JSON.stringify(content));
  return sizeBytes > taskDefinitionBytes
    ? `Actual length: '${sizeBytes}'. Max allowed length is '${taskDefinitionBytes}' bytes.`
    : undefined;
}
