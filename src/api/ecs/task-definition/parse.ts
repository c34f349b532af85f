import { type Compatibility, networkModeOf, type RequiredAttribute, type TaskDefinitionContent } from '#model';
import { ApiError } from '#wire/aws';
import { requiredAttributes } from './attributes.ts';
import { compatibilitiesOf, compatibilityRefusal } from './compatibilities.ts';
import type { RegisterInput } from './input.ts';
import { normaliseTaskDefinition } from './normalise.ts';
import { generalRules } from './rules/general.ts';
import { firstRefusal, type Subject } from './rules/rule.ts';

export interface ParsedTaskDefinition {
  readonly content: TaskDefinitionContent;
  readonly compatibilities: readonly Compatibility[];
  readonly requiresAttributes: readonly RequiredAttribute[];
}

export interface ParseOptions {
  /** Accept Fargate tasks of 32 vCPU: documented, but refused by regions that do not have them yet. Default false. */
  readonly fargate32Vcpu?: boolean;
}

const maxDefinitionBytes = 65_536;

/** Checks and completes a definition. Throws ClientException with the first refusal. */
export function parseTaskDefinition(input: RegisterInput, options: ParseOptions = {}): ParsedTaskDefinition {
  const subject = subjectOf(input, options);
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
export function subjectOf(input: RegisterInput, options: ParseOptions = {}): Subject {
  const content = normaliseTaskDefinition(input);
  return {
    content,
    input,
    networkMode: networkModeOf(content),
    windows: content.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false,
    fargate32Vcpu: options.fargate32Vcpu ?? false,
  };
}

/** "Amazon ECS service quotas": a definition has at most 64 KiB. Observed text. */
export function sizeRefusal({ content }: { readonly content: object }): string | undefined {
  const sizeBytes = Buffer.byteLength(JSON.stringify(content));
  return sizeBytes > maxDefinitionBytes
    ? `Actual length: '${sizeBytes}'. Max allowed length is '${maxDefinitionBytes}' bytes.`
    : undefined;
}
