import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Boto3, pythonWithBoto3 } from '../support/boto3.ts';
import { type Answer, type Installation, startedInstallation, testImage } from '../support/installation.ts';

const python = await pythonWithBoto3();

let installation: Installation;

const ec2 = (...args: string[]): Promise<Answer> => installation.aws('ec2', ...args);

beforeAll(async () => {
  installation = await startedInstallation();
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

describe('aws ec2', () => {
  it('finds a default VPC with a subnet per zone', async () => {
    const { Vpcs } = await ec2('describe-vpcs', '--filters', 'Name=is-default,Values=true');
    expect(Vpcs).toMatchObject([{ CidrBlock: '172.31.0.0/16', IsDefault: true }]);
    const { Subnets } = await ec2('describe-subnets', '--filters', `Name=vpc-id,Values=${Vpcs[0].VpcId}`);
    expect(Subnets.map((each: Answer) => each.AvailabilityZone)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
  });

  it('is told what is wrong in AWS’s words', async () => {
    await expect(ec2('describe-vpcs', '--vpc-ids', 'vpc-0123456789abcdef0')).rejects.toThrow(
      /\(InvalidVpcID.NotFound\) when calling the DescribeVpcs operation: The vpc ID 'vpc-0123456789abcdef0' does not exist/,
    );
    await expect(ec2('create-vpc', '--cidr-block', '10.0.0.0/16', '--dry-run')).rejects.toThrow(/DryRunOperation/);
  });

  it('shows a task’s interface, keeps what it needs, and is free of it when the task is over', async () => {
    const { Vpc } = await ec2('create-vpc', '--cidr-block', '10.0.0.0/16');
    const { VpcId } = Vpc;
    const { Subnet } = await ec2('create-subnet', '--vpc-id', VpcId, '--cidr-block', '10.0.1.0/24');
    const { SubnetId } = Subnet;
    const named = ['--group-name', 'web', '--description', 'web', '--vpc-id', VpcId];
    const { GroupId } = await ec2('create-security-group', ...named);
    await ec2(
      'authorize-security-group-ingress',
      '--group-id',
      GroupId,
      '--protocol',
      'tcp',
      '--port',
      '80',
      '--cidr',
      '10.0.0.0/8',
    );

    await installation.call('CreateCluster', { clusterName: 'net' });
    await installation.call('RegisterTaskDefinition', {
      family: 'sleeper',
      cpu: '256',
      memory: '512',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [{ name: 'main', image: testImage, command: ['sleep', '600'], stopTimeout: 2 }],
    });
    const { tasks } = await installation.call('RunTask', {
      cluster: 'net',
      taskDefinition: 'sleeper',
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [SubnetId], securityGroups: [GroupId], assignPublicIp: 'ENABLED' },
      },
    });
    const [{ taskArn, attachments }] = tasks;
    await installation.aws('ecs', 'wait', 'tasks-running', '--cluster', 'net', '--tasks', taskArn);
    const described = async (): Promise<Answer[]> =>
      (await ec2('describe-network-interfaces', '--filters', `Name=group-id,Values=${GroupId}`)).NetworkInterfaces;
    expect(await described()).toMatchObject([
      {
        Description: `arn:aws:ecs:us-east-1:000000000000:attachment/${attachments[0].id}`,
        PrivateIpAddress: '10.0.1.4',
        RequesterManaged: true,
        Status: 'in-use',
        Association: { PublicIp: expect.stringMatching(/^198\.18\./) },
      },
    ]);
    const { Subnets } = await ec2('describe-subnets', '--subnet-ids', SubnetId);
    expect(Subnets[0].AvailableIpAddressCount).toBe(250);
    await expect(ec2('delete-security-group', '--group-id', GroupId)).rejects.toThrow(/DependencyViolation/);

    await installation.aws('ecs', 'stop-task', '--cluster', 'net', '--task', taskArn);
    await installation.aws('ecs', 'wait', 'tasks-stopped', '--cluster', 'net', '--tasks', taskArn);
    expect(await described()).toEqual([]);
    await ec2('delete-security-group', '--group-id', GroupId);
    await ec2('delete-subnet', '--subnet-id', SubnetId);
    await ec2('delete-vpc', '--vpc-id', VpcId);
  });
});

describe.skipIf(python === undefined)('boto3', () => {
  it('walks pages, and every value is of the kind its model says', async () => {
    await using boto3 = new Boto3(python ?? '', installation, 'ec2');
    for (const operation of [
      'DescribeVpcs',
      'DescribeSubnets',
      'DescribeRouteTables',
      'DescribeNetworkAcls',
      'DescribeSecurityGroups',
      'DescribeSecurityGroupRules',
      'DescribeInternetGateways',
      'DescribeDhcpOptions',
      'DescribeAvailabilityZones',
      'DescribeRegions',
      'DescribeAccountAttributes',
    ]) {
      const { problems, paths } = await boto3.call(operation, {});
      // An internet gateway's attachment is `available`, which AWS says and its model does not have.
      const own = problems.filter(({ shape, value }) => shape !== 'AttachmentStatus' || value !== 'available');
      expect([operation, own]).toEqual([operation, []]);
      expect(paths.length).toBeGreaterThan(1);
    }
    const walked = (await boto3.pages('DescribeSecurityGroupRules', {}, 5)) as { pages: Answer[] };
    expect(walked.pages.flatMap((page) => page.SecurityGroupRules)).toHaveLength(2);
  });
});
