import type { ContainerInstanceArn, Scope, TaskArn } from '../arn.ts';
import type { Tag } from '../tags.ts';

/** What RunTask and CreateService say about an awsvpc task's interface. */
export interface AwsvpcConfiguration {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
}

/** `interface`: a task's, or one that a user made. The others belong to what their names say. */
export type InterfaceType = 'interface' | 'nat_gateway' | 'load_balancer' | 'network_load_balancer';

/** The address of the outside that an interface has. */
export interface InterfaceAssociation {
  readonly publicIp: string;
  /** Of an Elastic IP address; absent: the address came with the interface and goes with it. */
  readonly allocationId?: string;
  /** `eipassoc-…` */
  readonly associationId?: string;
}

/**
 * One address of a subnet, and what belongs to it. A task's is made by the interfaces loop and goes with the task; those
 * of NAT gateways and load balancers go with them; any other is a user's.
 */
export interface NetworkInterface extends Scope {
  readonly networkInterfaceId: string;
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
  readonly macAddress: string;
  readonly privateIpv4Address: string;
  /** Gateway address with the subnet's prefix length, e.g. `172.31.0.1/20`. */
  readonly subnetGatewayIpv4Address: string;
  readonly privateDnsName: string;
  /** The task whose interface it is, and its attachment there. */
  readonly taskArn?: TaskArn;
  readonly attachmentId?: string;
  /** Absent in records of 0.1.0: its subnet's. */
  readonly vpcId?: string;
  readonly availabilityZone?: string;
  /** Absent: `interface`. */
  readonly interfaceType?: InterfaceType;
  readonly description?: string;
  /** Made for its user by a service, which alone deletes it; the service's name, e.g. `amazon-elb`. Tasks' have none here. */
  readonly requesterId?: string;
  /** The host it is on; of a task's interface the task says it as well, and alone in records of 0.1.0. */
  readonly hostArn?: ContainerInstanceArn;
  /** Absent: true. */
  readonly sourceDestCheck?: boolean;
  readonly secondaryPrivateIpv4Addresses?: readonly string[];
  readonly association?: InterfaceAssociation;
  readonly clientToken?: string;
  readonly tags?: readonly Tag[];
}

/** The interface of a task. */
export type TaskInterface = NetworkInterface & { readonly taskArn: TaskArn; readonly attachmentId: string };

export function isTaskInterface(eni: NetworkInterface): eni is TaskInterface {
  return eni.taskArn !== undefined && eni.attachmentId !== undefined;
}

/** All its private addresses, the primary one first. */
export function addressesOf(
  eni: Pick<NetworkInterface, 'privateIpv4Address' | 'secondaryPrivateIpv4Addresses'>,
): readonly string[] {
  return [eni.privateIpv4Address, ...(eni.secondaryPrivateIpv4Addresses ?? [])];
}

/** The host that has the interface; `undefined` when none has. `task` is the one that it names, if it names one. */
export function hostOfInterface(
  eni: Pick<NetworkInterface, 'hostArn'>,
  task: { readonly hostArn?: ContainerInstanceArn } | undefined,
): ContainerInstanceArn | undefined {
  return eni.hostArn ?? task?.hostArn;
}
