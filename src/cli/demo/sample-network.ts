import type { ControlPlane } from '../control-plane.ts';
import { hasCode } from './refusals.ts';

/** Where the sample is, and who may call it. */
export interface SampleNetwork {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** Of the load balancer and of the tasks: whoever reaches them may call them. */
  readonly groupId: string;
}

const groupName = 'hello-demo';

/** The default VPC, and a security group of the sample's own. */
export async function ensureNetwork(controlPlane: ControlPlane): Promise<SampleNetwork> {
  const { vpcId, subnets } = await controlPlane.roadstead('DescribeNetwork', {});
  const groupId = (await findGroup(controlPlane, vpcId)) ?? (await createGroup(controlPlane, vpcId));
  return { vpcId, subnetIds: subnets.map(({ subnetId }) => subnetId), groupId };
}

async function findGroup({ ec2 }: ControlPlane, vpcId: string): Promise<string | undefined> {
  const { SecurityGroups: groups = [] } = await ec2('DescribeSecurityGroups', {
    Filters: [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'group-name', Values: [groupName] },
    ],
  });
  return groups[0]?.GroupId;
}

async function createGroup({ ec2 }: ControlPlane, vpcId: string): Promise<string> {
  const { GroupId = '' } = await ec2('CreateSecurityGroup', {
    GroupName: groupName,
    Description: 'The sample of roadstead demo: everybody may call it',
    VpcId: vpcId,
  });
  const anywhere = [{ CidrIp: '0.0.0.0/0' }];
  await ec2('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, IpRanges: anywhere }],
  });
  return GroupId;
}

/** Deletes the group; `undefined` while interfaces still have it. */
export async function tryRemoveNetwork(controlPlane: ControlPlane): Promise<true | undefined> {
  const { vpcId } = await controlPlane.roadstead('DescribeNetwork', {});
  const GroupId = await findGroup(controlPlane, vpcId);
  if (GroupId === undefined) return true;
  try {
    await controlPlane.ec2('DeleteSecurityGroup', { GroupId });
    return true;
  } catch (error) {
    if (!hasCode(error, 'DependencyViolation')) throw error;
    return undefined;
  }
}
