import type * as Ecs from '@aws-sdk/client-ecs';
import { groupNameFrom } from '#capacity';
import type { AutoScalingGroupProvider, ManagedScaling, Scope } from '#model';
import type { RoadsteadView } from '#store';
import type { InputOf } from '#wire/aws';
import type { OperationContext } from '../../operation.ts';
import { clientError, invalidParameter } from '../errors.ts';

type CreateInput = InputOf<typeof Ecs, 'CreateCapacityProvider'>;
type GroupInput = NonNullable<CreateInput['autoScalingGroupProvider']>;
type UpdateInput = Partial<Omit<GroupInput, 'autoScalingGroupArn'>>;
type ScalingInput = GroupInput['managedScaling'];

/** A name for a new provider: 1 to 255 letters, digits, hyphens and underscores, without AWS's prefixes. */
export function checkedProviderName(name: string): string {
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name) || /^(aws|ecs|fargate)/i.test(name)) {
    throw clientError(
      'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.',
    );
  }
  return name;
}

/** What managed scaling is when nothing is said of it. Source: "ManagedScaling" in the API reference. */
const defaultScaling: ManagedScaling = {
  status: 'DISABLED',
  targetCapacity: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10_000,
  instanceWarmupPeriod: 300,
};

/** The least and the most of each number; the period is in seconds. */
const scalingRanges = {
  targetCapacity: [1, 100],
  minimumScalingStepSize: [1, 10_000],
  maximumScalingStepSize: [1, 10_000],
  instanceWarmupPeriod: [0, 10_000],
} as const;

/** The provider of a new group of machines. Whether the group is there and may be used needs state: `requireGroup`. */
export function checkedGroupProvider(scope: Scope, input: GroupInput): AutoScalingGroupProvider {
  const name = groupNameFrom(scope, input.autoScalingGroupArn);
  if (name === undefined || name === '' || name.length > 255) {
    throw clientError(
      `The specified Auto Scaling group ARN is invalid: ${input.autoScalingGroupArn}. Specify the ARN or the name of a group of your account and region and try again.`,
    );
  }
  return checkedTogether({
    autoScalingGroupArn: input.autoScalingGroupArn,
    autoScalingGroupName: name,
    managedScaling: scalingAfter(defaultScaling, input.managedScaling),
    managedTerminationProtection: input.managedTerminationProtection ?? 'DISABLED',
    managedDraining: input.managedDraining ?? 'ENABLED',
  });
}

/** The provider after an update; what is left out stays. */
export function groupProviderAfter(current: AutoScalingGroupProvider, input: UpdateInput): AutoScalingGroupProvider {
  return checkedTogether({
    ...current,
    managedScaling: scalingAfter(current.managedScaling, input.managedScaling),
    managedTerminationProtection: input.managedTerminationProtection ?? current.managedTerminationProtection,
    managedDraining: input.managedDraining ?? current.managedDraining,
  });
}

function scalingAfter(current: ManagedScaling, input: ScalingInput): ManagedScaling {
  const after: ManagedScaling = {
    status: input?.status ?? current.status,
    targetCapacity: input?.targetCapacity ?? current.targetCapacity,
    minimumScalingStepSize: input?.minimumScalingStepSize ?? current.minimumScalingStepSize,
    maximumScalingStepSize: input?.maximumScalingStepSize ?? current.maximumScalingStepSize,
    instanceWarmupPeriod: input?.instanceWarmupPeriod ?? current.instanceWarmupPeriod,
  };
  for (const [name, [least, most]] of Object.entries(scalingRanges)) {
    const value = after[name as keyof typeof scalingRanges];
    if (value < least || value > most) {
      throw invalidParameter(`managedScaling.${name} must be between ${least} and ${most}`);
    }
  }
  if (after.minimumScalingStepSize > after.maximumScalingStepSize) {
    throw clientError(
      'The minimum or maximum scaling step size value is invalid. Specify a minimum scaling step size value that is less than or equal to the maximum scaling step size value and try again.',
    );
  }
  return after;
}

function checkedTogether(provider: AutoScalingGroupProvider): AutoScalingGroupProvider {
  if (provider.managedTerminationProtection === 'ENABLED' && provider.managedScaling.status === 'DISABLED') {
    throw clientError(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, managed scaling must be enabled.',
    );
  }
  return provider;
}

/** ClientException when the group is not there, or cannot protect its machines from scale-in although it is to. */
export function requireGroup(view: RoadsteadView, provider: AutoScalingGroupProvider, ctx: OperationContext): void {
  const name = provider.autoScalingGroupName;
  const group = ctx.groups.find(view, ctx.scope, name);
  if (group === undefined) {
    throw clientError(`The specified Auto Scaling group ${name} does not exist. ${ctx.groups.howToMake(name)}`);
  }
  if (provider.managedTerminationProtection === 'ENABLED' && !group.protectsFromScaleIn) {
    throw clientError(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.',
    );
  }
}
