import type * as Ecs from '@aws-sdk/client-ecs';
import type { ContainerOverride, LaunchType, TaskDefinition, TaskOverride } from '#model';
import type { InputOf } from '#wire/aws';
import { defaultQuotas, type Quotas } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import { limits } from '../limits.ts';
import {
  deviceRefusal,
  environmentFilesRefusal,
  ephemeralStorageRefusal,
  isFargateSize,
  isRole,
  normaliseTaskCpu,
  normaliseTaskMemory,
  refuseUnboundGpus,
} from '../task-definition/index.ts';

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
  for (const role of [input.taskRoleArn, input.executionRoleArn]) {
    if (role !== undefined && !isRole(role)) throw invalidParameter('Role is not valid');
  }
  refuse(ephemeralStorageRefusal(input.ephemeralStorage));
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

type ContainerOverrideInput = NonNullable<OverrideInput['containerOverrides']>[number];

function containerOverride(input: ContainerOverrideInput): ContainerOverride {
  if (input.name === undefined || input.name === '') {
    throw invalidParameter('Container override name should not be null or empty.');
  }
  requireSize(input);
  refuse(environmentFilesRefusal(input.environmentFiles));
  const resourceRequirements = input.resourceRequirements?.map(gpuRequirement);
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
    ...(resourceRequirements === undefined ? {} : { resourceRequirements }),
  };
}

/** A number of GPUs: the only device that an override can ask for. */
function gpuRequirement(
  given: NonNullable<ContainerOverrideInput['resourceRequirements']>[number],
): NonNullable<ContainerOverride['resourceRequirements']>[number] {
  if (given.type === 'InferenceAccelerator') throw invalidParameter("Unsupported field 'inferenceAccelerators'.");
  if (given.type !== 'GPU') {
    throw invalidParameter(`Tasks using the EC2 launch type do not support ${given.type} resource requirements.`);
  }
  refuse(deviceRefusal([given]));
  refuseUnboundGpus([given]);
  return { type: 'GPU', value: given.value ?? '' };
}

const minMemoryMiB = 4;

/** A container's size keeps the rules of its definition. */
function requireSize({ name, cpu = 0, memory, memoryReservation }: ContainerOverrideInput): void {
  if (cpu < 0) throw invalidParameter(`Invalid 'cpu' setting for container '${name}'.`);
  if (memory !== undefined && memory < minMemoryMiB) {
    throw invalidParameter(`Invalid setting for container '${name}'. 'memory' must be at least ${minMemoryMiB}.`);
  }
  if (memoryReservation !== undefined && memoryReservation < 1) {
    throw invalidParameter(`Invalid setting for container '${name}'. 'memoryReservation' must be at least 1.`);
  }
  if (memory !== undefined && memory < (memoryReservation ?? 0)) {
    throw invalidParameter("'memory' must be greater than or equal to 'memoryReservation'");
  }
}

function refuse(refusal: string | undefined): void {
  if (refusal !== undefined) throw invalidParameter(refusal);
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
  if (overrides.containerOverrides.some(({ resourceRequirements = [] }) => resourceRequirements.length > 0)) {
    throw invalidParameter('Tasks using the Fargate launch type do not support GPU resource requirements');
  }
  const cpu = overrides.cpu ?? definition.cpu ?? '';
  const memory = overrides.memory ?? definition.memory ?? '';
  if (!isFargateSize(Number(cpu), Number(memory), { mostVcpus: vcpusPerFargateTask })) {
    throw invalidParameter(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  }
}
