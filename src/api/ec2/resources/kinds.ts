import type { Scope } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { dhcpOptions } from './dhcp-options.ts';
import { elasticIps } from './elastic-ip.ts';
import { internetGateways } from './internet-gateway.ts';
import { getResource, type Kind, type Tagged } from './kind.ts';
import { natGateways } from './nat-gateway.ts';
import { networkAcls } from './network-acl.ts';
import { networkInterfaces } from './network-interface.ts';
import { routeTables } from './route-table.ts';
import { securityGroups } from './security-group.ts';
import { securityGroupRules } from './security-group-rule.ts';
import { subnets } from './subnet.ts';
import { vpcs } from './vpc.ts';
import { vpcEndpoints } from './vpc-endpoint.ts';

/** A kind whose records one may not know more of than that they have tags. */
type AnyKind = Kind<Tagged>;

/** Every kind of resource that has tags. */
export const kinds = [
  vpcs,
  subnets,
  securityGroups,
  securityGroupRules,
  routeTables,
  networkAcls,
  internetGateways,
  natGateways,
  elasticIps,
  networkInterfaces,
  dhcpOptions,
  vpcEndpoints,
] as unknown as readonly AnyKind[];

/** The kind of the resource that has an id, by its prefix. */
function kindOf(id: string): AnyKind | undefined {
  const prefix = id.slice(0, id.indexOf('-'));
  return kinds.find((kind) => kind.prefix === prefix);
}

/** The resources with the ids, each of its kind. InvalidID for an id of no kind there is. */
export function requireResources(
  view: RoadsteadView,
  scope: Scope,
  ids: readonly string[],
): readonly { readonly kind: AnyKind; readonly record: Tagged }[] {
  return [...new Set(ids)].map((id) => {
    const kind = kindOf(id);
    if (kind === undefined) throw new ApiError('InvalidID', `The ID '${id}' is not valid`);
    return { kind, record: getResource(kind, view, scope, id) };
  });
}
