import { type DiscoveryNamespace } from '#model';
import { everywhere, type HostScope, type HostStateCompiler, scopeOfAccount, scopeOfVpc } from './compiler.ts';

/** Zones of names: those of Cloud Map's DNS namespaces, by the id of their hosted zone. */
export const zoneCompiler: HostStateCompiler<'zone'> = {
  kind: 'zone',
  *all(view) {
    yield* view.discoveryNamespaces.values('zone');
  },
  changedBy: {
    discoveryNamespaces: ({ before, after }) => [(after ?? before)?.hostedZoneId ?? ''],
  },
  compile(view, id) {
    const namespace = view.discoveryNamespaces.newest('zone', id);
    if (namespace === undefined) return undefined;
    const { name, vpcId, soaTtl: negativeTtl = 0 } = namespace;
    const body = { name, vpcIds: vpcId === undefined ? ('all' as const) : [vpcId], negativeTtl };
    return { body, scopes: scopesOf(namespace) };
  },
};

/** Hosts that have something of the VPC, and the account's own instances, whose bridge tasks have no interface. */
export function scopesOf(namespace: DiscoveryNamespace): readonly HostScope[] {
  return namespace.vpcId === undefined ? [everywhere] : [scopeOfVpc(namespace.vpcId), scopeOfAccount(namespace)];
}
