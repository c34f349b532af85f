import { describe, expect, it } from 'vitest';
import { ownMachines } from '#capacity';
import { apiHarness } from '../../../../test/support/api-harness.ts';
import { group, groupArn, providerWorld } from '../../../../test/support/provider-world.ts';
import { expectRefusal, expectRule, type Rule } from '../../../../test/support/rules.ts';

const scaling = (managedScaling: object) => group('workers', { managedScaling });
const ClientException = 'ClientException';
const invalidName =
  'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.';

const creating: Rule[] = [
  {
    rule: 'the name of a provider is none of AWS',
    refused: { ...group('workers'), name: 'AwsOne' },
    code: ClientException,
    text: 'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.',
    accepted: { ...group('workers'), name: 'OneAws' },
  },
  {
    rule: 'the name of a provider is none of Fargate',
    refused: { ...group('workers'), name: 'fargate-mine' },
    code: ClientException,
    text: invalidName,
    accepted: { ...group('workers'), name: 'mine-fargate' },
  },
  {
    rule: 'the name of a provider has letters, digits, hyphens and underscores',
    refused: { ...group('workers'), name: 'a.b' },
    code: ClientException,
    text: invalidName,
    accepted: { ...group('workers'), name: 'a_b-1' },
  },
  {
    rule: 'the name of a provider has at most 255 characters',
    refused: { ...group('workers'), name: 'n'.repeat(256) },
    code: ClientException,
    text: invalidName,
    accepted: { ...group('workers'), name: 'n'.repeat(255) },
  },
  {
    rule: 'the name of a provider is free',
    refused: { ...group('workers'), name: 'taken' },
    code: ClientException,
    text: 'A capacity provider with the specified name already exists. Specify a unique name and try again.',
    accepted: group('workers'),
  },
  {
    rule: 'a provider is of a kind',
    refused: { name: 'x' },
    code: ClientException,
    text: 'Specify exactly one of autoScalingGroupProvider and managedInstancesProvider and try again.',
    accepted: group('workers'),
  },
  {
    rule: 'a group is of the account',
    refused: { name: 'x', autoScalingGroupProvider: { autoScalingGroupArn: groupArn('workers', '222222222222') } },
    code: ClientException,
    text: 'The specified Auto Scaling group ARN is invalid',
    accepted: { name: 'x', autoScalingGroupProvider: { autoScalingGroupArn: 'workers' } },
  },
  {
    rule: 'a group is there',
    refused: group('ghosts'),
    code: ClientException,
    text: 'The specified Auto Scaling group ghosts does not exist.',
    accepted: group('workers'),
  },
  {
    rule: 'a group has one provider',
    refused: { ...group('taken'), name: 'second' },
    code: ClientException,
    text: 'The Auto Scaling group taken is already used by the capacity provider taken. Specify another group and try again.',
    accepted: { ...group('workers'), name: 'second' },
  },
  {
    rule: 'steps are the right way round',
    refused: scaling({ minimumScalingStepSize: 5, maximumScalingStepSize: 4 }),
    code: ClientException,
    text: 'The minimum or maximum scaling step size value is invalid. Specify a minimum scaling step size value that is less than or equal to the maximum scaling step size value and try again.',
    accepted: scaling({ minimumScalingStepSize: 4, maximumScalingStepSize: 4 }),
  },
  {
    rule: 'a target is at least 1 percent',
    refused: scaling({ targetCapacity: 0 }),
    text: 'managedScaling.targetCapacity must be between 1 and 100',
    accepted: scaling({ targetCapacity: 1 }),
  },
  {
    rule: 'a target is at most 100 percent',
    refused: scaling({ targetCapacity: 101 }),
    text: 'managedScaling.targetCapacity must be between 1 and 100',
    accepted: scaling({ targetCapacity: 100 }),
  },
  {
    rule: 'the least step is at least 1',
    refused: scaling({ minimumScalingStepSize: 0 }),
    text: 'managedScaling.minimumScalingStepSize must be between 1 and 10000',
    accepted: scaling({ minimumScalingStepSize: 1 }),
  },
  {
    rule: 'the most a step may be is 10000',
    refused: scaling({ maximumScalingStepSize: 10_001 }),
    text: 'managedScaling.maximumScalingStepSize must be between 1 and 10000',
    accepted: scaling({ maximumScalingStepSize: 10_000 }),
  },
  {
    rule: 'a warm-up takes at most 10000 seconds',
    refused: scaling({ instanceWarmupPeriod: 10_001 }),
    text: 'managedScaling.instanceWarmupPeriod must be between 0 and 10000',
    accepted: scaling({ instanceWarmupPeriod: 0 }),
  },
  {
    rule: 'termination protection needs managed scaling',
    refused: group('workers', { managedTerminationProtection: 'ENABLED' }),
    code: ClientException,
    text: 'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, managed scaling must be enabled.',
    accepted: group('workers', {
      managedTerminationProtection: 'ENABLED',
      managedScaling: { status: 'ENABLED' },
    }),
  },
];

const updating: Rule[] = [
  {
    rule: 'a provider that is changed is there',
    refused: { name: 'nope', autoScalingGroupProvider: {} },
    code: ClientException,
    text: 'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
    accepted: { name: 'taken', autoScalingGroupProvider: {} },
  },
  {
    rule: 'the providers of Fargate stay',
    refused: { name: 'FARGATE', autoScalingGroupProvider: {} },
    code: ClientException,
    text: 'The capacity provider FARGATE is reserved and cannot be updated.',
  },
  {
    rule: 'a change is of one kind',
    refused: { name: 'taken' },
    code: ClientException,
    text: 'Specify exactly one of autoScalingGroupProvider and managedInstancesProvider and try again.',
  },
  {
    rule: 'changed steps are the right way round with those that stay',
    refused: { name: 'scaled', autoScalingGroupProvider: { managedScaling: { minimumScalingStepSize: 6 } } },
    code: ClientException,
    text: 'The minimum or maximum scaling step size value is invalid.',
    accepted: { name: 'scaled', autoScalingGroupProvider: { managedScaling: { minimumScalingStepSize: 5 } } },
  },
  {
    rule: 'a provider keeps its kind',
    refused: {
      name: 'taken',
      managedInstancesProvider: {
        infrastructureRoleArn: 'arn:aws:iam::111111111111:role/infrastructure',
        instanceLaunchTemplate: {},
      },
    },
    text: 'The capacity provider taken is not a Managed Instances capacity provider. Managed Instances are not part of this version of Roadstead.',
  },
  {
    rule: 'a provider that scales is of one cluster',
    refused: { name: 'taken', autoScalingGroupProvider: { managedScaling: { status: 'ENABLED' } } },
    text: 'The capacity provider taken uses managed scaling and can be associated with one cluster only',
    accepted: { name: 'taken', autoScalingGroupProvider: { managedScaling: { status: 'DISABLED' } } },
  },
];

const deleting: Rule[] = [
  {
    rule: 'a provider that is deleted is there',
    refused: { capacityProvider: 'nope' },
    code: ClientException,
    text: 'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
  },
  {
    rule: 'the providers of Fargate are not deleted',
    refused: { capacityProvider: 'FARGATE_SPOT' },
    code: ClientException,
    text: 'The capacity provider FARGATE_SPOT is reserved and cannot be deleted.',
  },
  {
    rule: 'a provider leaves its clusters first',
    refused: { capacityProvider: 'scaled' },
    code: ClientException,
    text: 'The capacity provider cannot be deleted because it is associated with cluster: default. Remove the capacity provider from the cluster and try again.',
  },
];

describe.each([
  ['CreateCapacityProvider', creating],
  ['UpdateCapacityProvider', updating],
  ['DeleteCapacityProvider', deleting],
] as const)('%s', (operation, rules) => {
  it.each(rules)('$rule', async (rule) => expectRule(await providerWorld(), [operation, {}], rule));
});

it('termination protection needs a group that protects from scale-in', async () => {
  const find: typeof ownMachines.find = (view, scope, name) => {
    const found = ownMachines.find(view, scope, name);
    return found === undefined ? undefined : { ...found, protectsFromScaleIn: name === 'protected' };
  };
  const harness = await apiHarness({ groups: { ...ownMachines, find } });
  await harness.call('CreateCluster');
  for (const name of ['workers', 'protected']) {
    await harness.addHost({ cluster: 'default', attributes: { 'roadstead.auto-scaling-group': name } });
  }
  const both = { managedTerminationProtection: 'ENABLED', managedScaling: { status: 'ENABLED' } };
  await expectRefusal(harness, ['CreateCapacityProvider', group('workers', both)], {
    code: ClientException,
    text: 'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.',
  });
  await expect(harness.call('CreateCapacityProvider', group('protected', both))).resolves.toBeDefined();
});
