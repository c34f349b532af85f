import type {
  BalancerDocument,
  CertificateDocument,
  InterfaceDocument,
  SubnetDocument,
  TargetGroupDocument,
} from '#wire/link';
import type { NodeInterface } from './namespaces.ts';
import { groupsOf } from './render/traffic.ts';

/** The documents that load balancing follows, each by its id. */
export interface BalancingDocuments {
  readonly balancers: ReadonlyMap<string, BalancerDocument>;
  readonly targetGroups: ReadonlyMap<string, TargetGroupDocument>;
  readonly certificates: ReadonlyMap<string, CertificateDocument>;
  readonly interfaces: ReadonlyMap<string, InterfaceDocument>;
  readonly subnets: ReadonlyMap<string, SubnetDocument>;
}

/** The kinds among a host's documents that matter here. */
export const balancingKinds = ['balancer', 'target-group', 'certificate', 'interface', 'subnet'] as const;

export const noDocuments: BalancingDocuments = {
  balancers: new Map(),
  targetGroups: new Map(),
  certificates: new Map(),
  interfaces: new Map(),
  subnets: new Map(),
};

/** What one node of a load balancer is to be. */
export interface NodeDocuments {
  readonly balancerArn: string;
  readonly balancer: BalancerDocument;
  readonly availabilityZone: string;
  readonly interface: NodeInterface;
  /** Those that its listeners forward to. */
  readonly targetGroups: ReadonlyMap<string, TargetGroupDocument>;
  readonly certificates: ReadonlyMap<string, CertificateDocument>;
  /** Of interfaces that this host has. */
  readonly localAddresses: ReadonlySet<string>;
}

/** The nodes that a host carries, by their interface. One whose interface is not told of yet waits for it. */
export function nodesOf(documents: BalancingDocuments, host: string): ReadonlyMap<string, NodeDocuments> {
  const nodes = new Map<string, NodeDocuments>();
  const own = [...documents.interfaces.values()].filter((each) => each.host === host);
  const localAddresses = new Set(own.flatMap(({ addresses }) => addresses));
  for (const [balancerArn, balancer] of documents.balancers) {
    const arns = new Set(balancer.listeners.flatMap(groupsOf));
    const targetGroups = new Map([...arns].flatMap((arn) => entryOf(documents.targetGroups, arn)));
    for (const node of balancer.nodes) {
      const own = documents.interfaces.get(node.interfaceId);
      const subnet = own === undefined ? undefined : documents.subnets.get(own.subnetId);
      if (node.host !== host || own === undefined || subnet === undefined) continue;
      nodes.set(node.interfaceId, {
        balancerArn,
        balancer,
        availabilityZone: node.availabilityZone,
        interface: {
          interfaceId: node.interfaceId,
          macAddress: own.macAddress,
          address: node.address,
          subnetGateway: gatewayOf(subnet.cidr),
        },
        targetGroups,
        certificates: documents.certificates,
        localAddresses,
      });
    }
  }
  return nodes;
}

function entryOf<V>(map: ReadonlyMap<string, V>, key: string): [string, V][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}

/** The first address of a subnet, with the length of its prefix. */
export function gatewayOf(cidr: string): string {
  const [network = '', length = ''] = cidr.split('/');
  const bytes = network.split('.').map(Number);
  bytes[3] = (bytes[3] ?? 0) + 1;
  return `${bytes.join('.')}/${length}`;
}
