import type {
  GroupDocument,
  HostPortsDocument,
  InterfaceDocument,
  NetworkAclDocument,
  SubnetDocument,
  VpcDocument,
} from '#wire/link';

/** What the firewall of a host is made of: the control plane's documents, by id. */
export interface FirewallInput {
  /** This host's container instance ARN. */
  readonly host: string;
  /** The group that all devices of this agent are in. */
  readonly deviceGroup: number;
  readonly vpcs: ReadonlyMap<string, VpcDocument>;
  readonly subnets: ReadonlyMap<string, SubnetDocument>;
  readonly groups: ReadonlyMap<string, GroupDocument>;
  readonly acls: ReadonlyMap<string, NetworkAclDocument>;
  readonly interfaces: ReadonlyMap<string, InterfaceDocument>;
  /** This host's address among the others; absent: it is alone. */
  readonly underlayAddress?: string;
  /** Where the fabric of other hosts is reached. */
  readonly peerAddresses: readonly string[];
  readonly hostPorts?: HostPortsDocument;
  /** Whether what the host itself sends, and host tasks with it, is judged as well. */
  readonly judgesHost: boolean;
  /** Ports of the host that bridge and host tasks have. */
  readonly published: readonly PublishedPort[];
}

/** A port of the host that a task has. */
export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** An interface that is on this host, with what is made of its document alone. */
export interface LocalInterface {
  readonly body: InterfaceDocument;
  /** The name of its device, in quotes. */
  readonly device: string;
  /** Device, hardware address and address: what it may send as. */
  readonly bound: readonly string[];
  /** Chains that ask its groups, by direction. */
  readonly egress: string;
  readonly ingress: string;
}
