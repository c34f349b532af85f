import { type Answer, type ApiHarness, accountB, apiHarness } from '../../../../test/support/api-harness.ts';

type As = { readonly accountId?: typeof accountB };
type Tags = readonly { readonly Key: string; readonly Value: string }[];

/** The EC2 API over a store in memory, and what its tests begin with. */
export interface Ec2World {
  readonly harness: ApiHarness;
  readonly other: typeof accountB;
  call(operation: string, input?: object, as?: As): Promise<Answer>;
  /** `Code: message` of the refusal. */
  failing(operation: string, input?: object, as?: As): Promise<string>;
  /** The id of a new VPC. */
  vpc(cidrBlock: string, tags?: Tags): Promise<string>;
  /** The id of a new subnet of a new VPC. */
  subnet(vpcBlock: string, cidrBlock: string): Promise<string>;
  subnetOf(vpcId: string, cidrBlock: string): Promise<string>;
  /** The id of an internet gateway attached to the VPC. */
  gateway(vpcId: string): Promise<string>;
  /** The id of a new security group. */
  group(vpcId: string, name: string): Promise<string>;
}

export async function ec2World(): Promise<Ec2World> {
  const harness = await apiHarness();
  const call: Ec2World['call'] = (operation, input = {}, as = {}) =>
    harness.call(operation, input, { service: 'ec2', ...as });
  const subnetOf: Ec2World['subnetOf'] = async (VpcId, CidrBlock) => {
    const { Subnet } = await call('CreateSubnet', { VpcId, CidrBlock, AvailabilityZone: 'eu-west-1a' });
    return Subnet.SubnetId;
  };
  const vpc: Ec2World['vpc'] = async (CidrBlock, Tags = []) => {
    const specification = { ResourceType: 'vpc', Tags };
    const { Vpc } = await call('CreateVpc', { CidrBlock, TagSpecifications: Tags.length === 0 ? [] : [specification] });
    return Vpc.VpcId;
  };
  return {
    harness,
    other: accountB,
    call,
    failing: async (operation, input, as) => {
      const error = await call(operation, input, as).then(
        () => undefined,
        (reason: unknown) => reason as { code: string; message: string },
      );
      return `${error?.code}: ${error?.message}`;
    },
    vpc,
    subnetOf,
    subnet: async (vpcBlock, cidrBlock) => subnetOf(await vpc(vpcBlock), cidrBlock),
    gateway: async (VpcId) => {
      const { InternetGateway } = await call('CreateInternetGateway');
      const { InternetGatewayId } = InternetGateway;
      await call('AttachInternetGateway', { InternetGatewayId, VpcId });
      return InternetGatewayId;
    },
    group: async (VpcId, GroupName) => {
      const { GroupId } = await call('CreateSecurityGroup', { VpcId, GroupName, Description: GroupName });
      return GroupId;
    },
  };
}
