import type * as Ecs from '@aws-sdk/client-ecs';
import type { ContainerOverride, LaunchType, TaskDefinition, TaskOverride } from '#model';
import type { InputOf } from '#wire/aws';
import { defaultQuotas, type Quotas } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import { limits } from '../limits.ts';
import { isFargateSize, normaliseTaskCpu, normaliseTaskMemory } from '../task-definition/index.ts';

type OverrideInput = NonNullable<InputOf<typeof Ecs, 'RunTask'>['overrides']>;

export const noOverrides: TaskOverride = { containerOverrides: [] };

/** Checks the overrides of RunTask and StartTask, without the definition they apply to. */
export function checkedOverrides(input: OverrideInput | undefined): TaskOverride {
  if (input === undefined) return noOverrides;
  if (JSON.stringify(input).length > limits.overridesLength) {
    throw invalidParameter(`Overrides length must be at most ${limits.overridesLength}`);
  }
  if ((input.inferenceAcceleratorOverrides?.length ?? 0) > 0) {
    throw invalidParameter("Unsupported field 'inferenceAccelerators'.");
  }
  return {
    containerOverrides: (input.containerOverrides ?? []).map(containerOverride),
    ...(input.cpu === undefined ? {} : { cpu: normaliseTaskCpu(input.cpu) }),
    ...(input.memory === undefined ? {} : { memory: normaliseTaskMemory(input.memory) }),
    ...(input.taskRoleArn === undefined ? {} : { taskRoleArn: input.taskRoleArn }),
    ...(input.executionRoleArn === undefined ? {} : { executionRoleArn: input.executionRoleArn }),
    ...(input.ephemeralStorage === undefined
      ? {}
      : { ephemeralStorage: { sizeInGiB: input.ephemeralStorage.sizeInGiB } }),
  };
}

function containerOverride(input: NonNullable<OverrideInput['containerOverrides']>[number]): ContainerOverride {
  if (input.name === undefined || input.name === '') {
    throw invalidParameter('Container override name should not be null or empty.');
  }
  return {
    name: input.name,
    ...(input.command === undefined ? {} : { command: input.command }),
    ...(input.environment === undefined
      ? {}
      : { environment: input.environment.map(({ name, value }) => ({ name: name ?? '', value: value ?? '' })) }),
    ...(input.environmentFiles === undefined
      ? {}
      : { environmentFiles: input.environmentFiles.map((file) => ({ type: 's3', value: file.value })) }),
    ...(input.cpu === undefined ? {} : { cpu: input.cpu }),
    ...(input.memory === undefined ? {} : { memory: input.memory }),
    ...(input.memoryReservation === undefined ? {} : { memoryReservation: input.memoryReservation }),
  };
}

/** Checks overrides against the definition: every container exists, and a Fargate size stays one of the valid pairs. */
export function requireOverridesFit(
  overrides: TaskOverride,
  definition: TaskDefinition,
  launchType: LaunchType,
  { vcpusPerFargateTask }: Pick<Quotas, 'vcpusPerFargateTask'> = defaultQuotas,
): void {
  for (const { name } of overrides.containerOverrides) {
    if (!definition.containerDefinitions.some((container) => container.name === name)) {
      throw invalidParameter(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
  }
  if (launchType !== 'FARGATE') {
    if (overrides.ephemeralStorage !== undefined) {
      throw invalidParameter(`Tasks using the ${launchType} launch type do not support EphemeralStorage.`);
    }
    return;
  }
  const cpu = overrides.cpu ?? definition.cpu ?? '';
  const memory = overrides.memory ?? definition.memory ?? '';
  if (!isFargateSize(Number(cpu), Number(memory), { mostVcpus: vcpusPerFargateTask })) {
    throw invalidParameter(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  }
}
