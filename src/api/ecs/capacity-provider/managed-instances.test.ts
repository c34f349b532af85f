import { describe, it } from 'vitest';
import { group, providerWorld } from '../../../../test/support/provider-world.ts';
import { expectRule, type Rule } from '../../../../test/support/rules.ts';

const ClientException = 'ClientException';
const template = {
  ec2InstanceProfileArn: 'arn:aws:iam::111111111111:instance-profile/machines',
  networkConfiguration: { subnets: ['subnet-1'] },
};
const role = 'arn:aws:iam::111111111111:role/infrastructure';
const managed = (members: object = {}) => ({
  name: 'managed',
  cluster: 'default',
  managedInstancesProvider: { infrastructureRoleArn: role, instanceLaunchTemplate: template, ...members },
});
const launched = (members: object) => managed({ instanceLaunchTemplate: { ...template, ...members } });
const types = { vCpuCount: { min: 1 }, memoryMiB: { min: 1024 } };
const required = (members: object) => launched({ instanceRequirements: { ...types, ...members } });

const managing: Rule[] = [
  {
    rule: 'Managed Instances are of a cluster',
    refused: { ...managed(), cluster: undefined },
    text: 'cluster is required when managedInstancesProvider is specified.',
    accepted: managed(),
  },
  {
    rule: 'the cluster of Managed Instances is there',
    refused: { ...managed(), cluster: 'nope' },
    code: 'ClusterNotFoundException',
    text: 'Cluster not found.',
    accepted: { ...managed(), cluster: 'other' },
  },
  {
    rule: 'the name of their provider is free too',
    refused: { ...managed(), name: 'taken' },
    code: ClientException,
    text: 'A capacity provider with the specified name already exists.',
    accepted: managed(),
  },
  {
    rule: 'a provider is not of both kinds',
    refused: { ...managed(), ...group('workers') },
    code: ClientException,
    text: 'Specify exactly one of autoScalingGroupProvider and managedInstancesProvider and try again.',
    accepted: managed(),
  },
  {
    rule: 'Managed Instances are made with a role',
    refused: managed({ infrastructureRoleArn: 'infrastructure' }),
    text: 'infrastructureRoleArn must be the ARN of an IAM role',
    accepted: managed(),
  },
  {
    rule: 'Managed Instances have a profile',
    refused: launched({ ec2InstanceProfileArn: role }),
    text: 'ec2InstanceProfileArn must be the ARN of an instance profile',
    accepted: launched({}),
  },
  {
    rule: 'Managed Instances have subnets',
    refused: launched({ networkConfiguration: { subnets: [] } }),
    text: 'subnets can not be empty.',
    accepted: launched({}),
  },
  {
    rule: 'their disk has at least 30 GiB',
    refused: launched({ storageConfiguration: { storageSizeGiB: 29 } }),
    text: 'storageConfiguration.storageSizeGiB must be between 30 and 16384',
    accepted: launched({ storageConfiguration: { storageSizeGiB: 30 } }),
  },
  {
    rule: 'their disk has at most 16384 GiB',
    refused: launched({ storageConfiguration: { storageSizeGiB: 16_385 } }),
    text: 'storageConfiguration.storageSizeGiB must be between 30 and 16384',
    accepted: launched({ storageConfiguration: { storageSizeGiB: 16_384 } }),
  },
  {
    rule: 'idle ones wait at most an hour',
    refused: managed({ infrastructureOptimization: { scaleInAfter: 3601 } }),
    text: 'infrastructureOptimization.scaleInAfter must be -1, or between 0 and 3600 seconds',
    accepted: managed({ infrastructureOptimization: { scaleInAfter: -1 } }),
  },
  {
    rule: 'types are allowed or excluded',
    refused: required({ allowedInstanceTypes: ['m6*.*'], excludedInstanceTypes: ['c6i.*'] }),
    text: 'allowedInstanceTypes and excludedInstanceTypes cannot both be specified',
    accepted: required({ allowedInstanceTypes: ['m6*.*'] }),
  },
  {
    rule: 'a Spot price has one bound',
    refused: required({
      spotMaxPricePercentageOverLowestPrice: 10,
      maxSpotPriceAsPercentageOfOptimalOnDemandPrice: 10,
    }),
    text: 'spotMaxPricePercentageOverLowestPrice and maxSpotPriceAsPercentageOfOptimalOnDemandPrice cannot both be specified',
    accepted: required({ spotMaxPricePercentageOverLowestPrice: 10 }),
  },
  {
    rule: 'a range is the right way round',
    refused: required({ vCpuCount: { min: 4, max: 2 } }),
    text: 'instanceRequirements.vCpuCount: min must not be above max, nor below 0',
    accepted: required({ vCpuCount: { min: 2, max: 2 } }),
  },
];
const noManaged = 'Managed Instances are not part of this version of Roadstead: nothing launches machines for tasks.';

const missing: Rule = {
  rule: 'there are no Managed Instances',
  refused: managed(),
  code: 'UnsupportedFeatureException',
  text: 'Managed Instances are not part of this version of Roadstead: nothing launches machines for tasks.',
  accepted: group('workers'),
};

describe('Managed Instances', () => {
  it.each(managing)('$rule', async (rule) =>
    expectRule(await providerWorld(), ['CreateCapacityProvider', {}], rule, noManaged),
  );
  it.each([missing])('$rule', async (rule) => expectRule(await providerWorld(), ['CreateCapacityProvider', {}], rule));
});
