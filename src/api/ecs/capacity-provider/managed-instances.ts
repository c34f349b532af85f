import type * as Ecs from '@aws-sdk/client-ecs';
import type { CapacityProvider } from '#model';
import type { ApiError, InputOf } from '#wire/aws';
import { invalidParameter, unsupportedFeature } from '../errors.ts';

type CreateInput = InputOf<typeof Ecs, 'CreateCapacityProvider'>;
type UpdateInput = InputOf<typeof Ecs, 'UpdateCapacityProvider'>;
type ProviderInput = NonNullable<CreateInput['managedInstancesProvider'] | UpdateInput['managedInstancesProvider']>;
type TemplateInput = ProviderInput['instanceLaunchTemplate'];
type Requirements = NonNullable<NonNullable<TemplateInput>['instanceRequirements']>;

/**
 * Checks what a Managed Instances provider asks for. Required members and enums are the wire's. InvalidParameterException
 * names the member. Source: "CreateManagedInstancesProviderConfiguration" in the API reference.
 */
export function checkManagedInstances(input: ProviderInput): void {
  const scaleInAfter = input.infrastructureOptimization?.scaleInAfter;
  if (scaleInAfter !== undefined && (scaleInAfter < -1 || scaleInAfter > 3600)) {
    throw invalidParameter('infrastructureOptimization.scaleInAfter must be -1, or between 0 and 3600 seconds');
  }
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(input.infrastructureRoleArn ?? '')) {
    throw invalidParameter('infrastructureRoleArn must be the ARN of an IAM role');
  }
  const template = input.instanceLaunchTemplate;
  if (template === undefined) return;
  const profile = template.ec2InstanceProfileArn;
  if (profile !== undefined && !/^arn:aws[a-z-]*:iam::\d{12}:instance-profile\/.+$/.test(profile)) {
    throw invalidParameter('ec2InstanceProfileArn must be the ARN of an instance profile');
  }
  const network = template.networkConfiguration;
  if (network !== undefined && (network.subnets?.length ?? 0) === 0)
    throw invalidParameter('subnets can not be empty.');
  const size = template.storageConfiguration?.storageSizeGiB;
  if (size !== undefined && (size < 30 || size > 16_384)) {
    throw invalidParameter('storageConfiguration.storageSizeGiB must be between 30 and 16384');
  }
  if (template.instanceRequirements !== undefined) checkRequirements(template.instanceRequirements);
}

function checkRequirements(requirements: Requirements): void {
  const allowed = requirements.allowedInstanceTypes?.length ?? 0;
  if (allowed > 0 && (requirements.excludedInstanceTypes?.length ?? 0) > 0) {
    throw invalidParameter('allowedInstanceTypes and excludedInstanceTypes cannot both be specified');
  }
  if (
    requirements.spotMaxPricePercentageOverLowestPrice !== undefined &&
    requirements.maxSpotPriceAsPercentageOfOptimalOnDemandPrice !== undefined
  ) {
    throw invalidParameter(
      'spotMaxPricePercentageOverLowestPrice and maxSpotPriceAsPercentageOfOptimalOnDemandPrice cannot both be specified',
    );
  }
  for (const [name, value] of Object.entries(requirements)) if (isRange(value)) checkRange(name, value);
}

interface Range {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

function isRange(value: unknown): value is Range {
  return typeof value === 'object' && value !== null && ('min' in value || 'max' in value);
}

function checkRange(name: string, { min = 0, max = Number.POSITIVE_INFINITY }: Range): void {
  if (min < 0 || max < min)
    throw invalidParameter(`instanceRequirements.${name}: min must not be above max, nor below 0`);
}

/** The refusal of a request that is otherwise in order: nothing here makes the machines. */
export function noManagedInstances(): ApiError {
  return unsupportedFeature(
    'Managed Instances are not part of this version of Roadstead: nothing launches machines for tasks. Use autoScalingGroupProvider with machines of your own, or FARGATE.',
  );
}

/** The refusal of changes to Managed Instances of a provider that, like every one here, has none. */
export function notManaged({ name }: Pick<CapacityProvider, 'name'>): ApiError {
  return invalidParameter(
    `The capacity provider ${name} is not a Managed Instances capacity provider. Managed Instances are not part of this version of Roadstead.`,
  );
}
