import type { Scope, TaskArn } from './arn.ts';

/** What RunTask and CreateService say about an awsvpc task's interface. */
export interface AwsvpcConfiguration {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
}

/** A VPC. Each account and region has a default one, made when it is first needed, with CIDRs that never overlap. */
export interface Vpc extends Scope {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
}

export interface Subnet extends Scope {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
}

export interface SecurityGroup extends Scope {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string;
}

/** A task's own interface: one address of a subnet, given to one task until it is gone. */
export interface NetworkInterface extends Scope {
  readonly networkInterfaceId: string;
  readonly attachmentId: string;
  readonly taskArn: TaskArn;
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
  readonly macAddress: string;
  readonly privateIpv4Address: string;
  /** Gateway address with the subnet's prefix length, e.g. `172.31.0.1/20`. */
  readonly subnetGatewayIpv4Address: string;
  readonly privateDnsName: string;
}
