import { networkAclOf, parseCidr, type Route, routeTableOf, type Subnet } from '#model';
import type { RoadsteadView } from '#store';
import type { SubnetRoute } from '#wire/link';
import { type HostStateCompiler, scopeOfVpc } from './compiler.ts';

/** A subnet with what holds for it: its ACL, and its route table with every target looked up. */
export const subnetCompiler: HostStateCompiler<'subnet'> = {
  kind: 'subnet',
  *all(view) {
    for (const { subnetId } of view.subnets.all()) yield subnetId;
  },
  changedBy: {
    subnets: ({ before, after }) => [(after ?? before)?.subnetId ?? ''],
    networkAcls: ({ before, after }, view) =>
      before?.associations === after?.associations ? [] : subnetsOf(view, before?.vpcId, after?.vpcId),
    routeTables: ({ before, after }, view) => subnetsOf(view, before?.vpcId, after?.vpcId),
    internetGateways: ({ before, after }, view) =>
      before?.vpcId === after?.vpcId ? [] : subnetsOf(view, before?.vpcId, after?.vpcId),
    natGateways: ({ before, after }, view) =>
      before?.state === after?.state ? [] : subnetsOf(view, before?.vpcId, after?.vpcId),
  },
  compile(view, id) {
    const subnet = view.subnets.newest('id', id);
    if (subnet === undefined) return undefined;
    const { vpcId, cidrBlock: cidr } = subnet;
    const aclId = networkAclOf(id, view.networkAcls.by('vpc', vpcId))?.networkAclId ?? '';
    return { body: { vpcId, cidr, aclId, routes: routesOf(view, subnet) }, scopes: [scopeOfVpc(vpcId)] };
  },
};

function subnetsOf(view: RoadsteadView, ...vpcIds: readonly (string | undefined)[]): string[] {
  const ids = new Set<string>();
  for (const vpcId of new Set(vpcIds)) {
    if (vpcId !== undefined) for (const { subnetId } of view.subnets.by('vpc', vpcId)) ids.add(subnetId);
  }
  return [...ids];
}

/** The longest prefix first. */
function routesOf(view: RoadsteadView, { subnetId, vpcId }: Subnet): SubnetRoute[] {
  const table = routeTableOf(subnetId, view.routeTables.by('vpc', vpcId));
  return (table?.routes ?? [])
    .flatMap((route) => routeOf(view, vpcId, route) ?? [])
    .sort((a, b) => lengthOf(b) - lengthOf(a));
}

/** `undefined` for what no packet of ours takes: IPv6, and endpoints of services, which are reached elsewhere. */
function routeOf(view: RoadsteadView, vpcId: string, route: Route): SubnetRoute | undefined {
  const { destinationCidrBlock: destination, gatewayId, natGatewayId, networkInterfaceId } = route;
  if (destination === undefined) return undefined;
  if (gatewayId?.startsWith('vpce-') === true) return undefined;
  if (gatewayId !== undefined) {
    for (const gateway of view.internetGateways.by('vpc', vpcId)) {
      if (gateway.internetGatewayId === gatewayId) return { destination, by: 'internet' };
    }
  } else if (natGatewayId !== undefined) {
    for (const { subnetId } of view.subnets.by('vpc', vpcId)) {
      for (const gateway of view.natGateways.by('subnet', subnetId)) {
        if (gateway.natGatewayId !== natGatewayId || gateway.state !== 'available') continue;
        return { destination, by: 'nat', interfaceId: gateway.networkInterfaceId };
      }
    }
  } else if (networkInterfaceId !== undefined && view.networkInterfaces.has(networkInterfaceId)) {
    return { destination, by: 'interface', interfaceId: networkInterfaceId };
  }
  return { destination, by: 'blackhole' };
}

function lengthOf({ destination }: SubnetRoute): number {
  return parseCidr(destination)?.prefixLength ?? 0;
}
