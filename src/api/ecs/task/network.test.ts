import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiHarness, apiHarness } from '../../../../test/support/api-harness.ts';

let harness: ApiHarness;

function ec2(operation: string, input: object): Promise<Answer> {
  return harness.call(operation, input, { service: 'ec2' });
}

beforeEach(async () => {
  harness = await apiHarness();
  await harness.call('CreateCluster', { clusterName: 'c' });
  await harness.addHost({ pool: 'fargate' });
  await harness.call('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'app:1' }],
  });
});

async function newSubnet(cidrBlock: string): Promise<{ VpcId: string; SubnetId: string; GroupId: string }> {
  const { Vpc } = await ec2('CreateVpc', { CidrBlock: cidrBlock });
  const { VpcId } = Vpc;
  const { Subnet } = await ec2('CreateSubnet', { VpcId, CidrBlock: cidrBlock.replace('/16', '/24') });
  const { GroupId } = await ec2('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' });
  return { VpcId, SubnetId: Subnet.SubnetId, GroupId };
}

async function refused(subnets: readonly string[], securityGroups: readonly string[]): Promise<string> {
  const networkConfiguration = { awsvpcConfiguration: { subnets, securityGroups } };
  const error = await harness
    .call('RunTask', { cluster: 'c', taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration })
    .then(
      () => undefined,
      (reason: unknown) => reason as Error & { code: string },
    );
  return `${error?.code}: ${error?.message}`;
}

describe('the network of a task', () => {
  it('is one VPC', async () => {
    const [one, other] = [await newSubnet('10.0.0.0/16'), await newSubnet('10.1.0.0/16')];
    expect(await refused([one.SubnetId, other.SubnetId], [])).toBe(
      'InvalidParameterException: All subnets must be in the same VPC.',
    );
    expect(await refused([one.SubnetId], [other.GroupId])).toBe(
      `InvalidParameterException: Security group ${other.GroupId} does not appear to belong to the same VPC as the input subnets.`,
    );
    expect(await refused([one.SubnetId], [one.GroupId])).toBe('undefined: undefined');
  });
});
