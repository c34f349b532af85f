/** Another host of the fabric. Its id is its container instance's ARN. */
export interface PeerDocument {
  /** Where its VXLAN device is reached. */
  readonly underlayAddress: string;
}

export interface VpcDocument {
  readonly cidrs: readonly string[];
  /** The resolver's address, the VPC's base plus two; absent when DNS support is off. */
  readonly resolverAddress?: string;
}

export interface SubnetDocument {
  readonly vpcId: string;
  readonly cidr: string;
  readonly aclId: string;
  /** What its route table says of packets that leave the VPC, longest prefix first; no route, no way. */
  readonly routes: readonly SubnetRoute[];
}

export interface SubnetRoute {
  readonly destination: string;
  /**
   * `internet`: by an internet gateway, for interfaces with a public address. `nat`: by a NAT gateway, whose interface
   * is named. `interface`: to another interface. `blackhole`: nowhere.
   */
  readonly by: 'internet' | 'nat' | 'interface' | 'blackhole';
  readonly interfaceId?: string;
}

export interface GroupDocument {
  readonly vpcId: string;
  readonly ingress: readonly GroupRule[];
  readonly egress: readonly GroupRule[];
}

/** What a rule lets through. */
export interface GroupRule extends PortMatch {
  /** Exactly one of both: addresses, or the interfaces of a group. */
  readonly cidr?: string;
  readonly groupId?: string;
}

export interface PortMatch {
  /** IANA number; -1 is every protocol. */
  readonly protocol: number;
  /** TCP and UDP; absent: every port. */
  readonly fromPort?: number;
  readonly toPort?: number;
  /** ICMP; -1 or absent: every one. */
  readonly icmpType?: number;
  readonly icmpCode?: number;
}

export interface NetworkAclDocument {
  /** In order of their numbers; what matches none is denied. */
  readonly ingress: readonly NetworkAclEntry[];
  readonly egress: readonly NetworkAclEntry[];
}

export interface NetworkAclEntry extends PortMatch {
  readonly ruleNumber: number;
  readonly action: 'allow' | 'deny';
  readonly cidr: string;
}

/** An interface of a VPC, on this host or another. Its id is `eni-…`. */
export interface InterfaceDocument {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly addresses: readonly string[];
  readonly macAddress: string;
  readonly groupIds: readonly string[];
  /** The host that has it: a container instance's ARN. Absent: none has. */
  readonly host?: string;
  /** Address of the outside by which it is reached and goes out. */
  readonly publicAddress?: string;
  /** Packets that are not from or to its own addresses may pass. */
  readonly sourceDestCheck: boolean;
}

/** The groups that guard what bridge and host tasks of this host publish. Its id is the container instance's ARN. */
export interface HostPortsDocument {
  readonly vpcId: string;
  readonly groupIds: readonly string[];
}
