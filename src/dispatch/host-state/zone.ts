import { type DiscoveryNamespace, expressDomain } from '#model';
import {
  balancerZone,
  compileBalancerZone,
  compileExpressZone,
  expressZones,
  hasBalancers,
  isExpressZone,
} from './balancer-names.ts';
import { everywhere, type HostScope, type HostStateCompiler, scopeOfAccount, scopeOfVpc } from './compiler.ts';
import { compileHostedZone } from './hosted-zone.ts';

/** Zones of names, by their ids: of Cloud Map's DNS namespaces, of Route 53, and that of load balancers. */
export const zoneCompiler: HostStateCompiler<'zone'> = {
  kind: 'zone',
  *all(view) {
    yield* view.discoveryNamespaces.values('zone');
    for (const { hostedZoneId } of view.hostedZones.all()) yield hostedZoneId;
    if (hasBalancers(view)) yield balancerZone;
    yield* expressZones(view);
  },
  changedBy: {
    discoveryNamespaces: ({ before, after }) => [(after ?? before)?.hostedZoneId ?? ''],
    hostedZones: ({ key }) => [key],
    loadBalancers: ({ before, after }) => {
      if (before !== undefined && after !== undefined) return [];
      const balancer = after ?? before;
      return balancer?.express === true ? [balancerZone, expressDomain(balancer.region)] : [balancerZone];
    },
    resourceRecordSets: ({ before, after }) => {
      const set = after ?? before;
      return set?.type === 'SOA' ? [set.hostedZoneId] : [];
    },
  },
  compile(view, id) {
    if (id === balancerZone) return compileBalancerZone(view);
    if (isExpressZone(id)) return compileExpressZone(view, id);
    const namespace = view.discoveryNamespaces.newest('zone', id);
    if (namespace === undefined) return compileHostedZone(view, id);
    const { name, vpcId, soaTtl: negativeTtl = 0 } = namespace;
    const body = { name, vpcIds: vpcId === undefined ? ('all' as const) : [vpcId], negativeTtl };
    return { body, scopes: scopesOf(namespace) };
  },
};

/** Hosts that have something of the VPC, and the account's own instances, whose bridge tasks have no interface. */
export function scopesOf(namespace: DiscoveryNamespace): readonly HostScope[] {
  return namespace.vpcId === undefined ? [everywhere] : [scopeOfVpc(namespace.vpcId), scopeOfAccount(namespace)];
}
