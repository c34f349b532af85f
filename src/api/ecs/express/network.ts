import { type RouteTable, routeTableOf, type Scope, type Subnet, scopeKey } from '#model';
import { ensureNetwork, findDefaultNetwork } from '#network';
import type { RoadsteadTx, RoadsteadView } from '#store';
import type { OperationContext } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import type { ExpressSettings } from './rules.ts';

/** Where a service's tasks and its load balancer are. */
export interface ExpressNetwork {
  readonly vpcId: string;
  /** Of the tasks. */
  readonly subnets: readonly Subnet[];
  /** Of the load balancer: one in each zone. */
  readonly balancerSubnets: readonly Subnet[];
  /** Whether the internet reaches them. */
  readonly isPublic: boolean;
  /** Those of the user. */
  readonly securityGroups: readonly string[];
}

/** The subnets asked for, or those of the default VPC. InvalidParameterException when a load balancer cannot be in them. */
export function networkOf(
  tx: RoadsteadTx,
  configuration: ExpressSettings['networkConfiguration'],
  ctx: OperationContext,
): ExpressNetwork {
  ensureNetwork(tx, ctx.scope, ctx.ids);
  const asked = configuration?.subnets ?? [];
  const subnets = asked.length === 0 ? defaultSubnets(tx, ctx.scope) : asked.map((id) => subnetOf(tx, ctx.scope, id));
  const [vpcId = '', ...others] = new Set(subnets.map((subnet) => subnet.vpcId));
  if (others.length > 0) throw invalidParameter('All subnets must be in the same VPC.');
  const byZone = new Map<string, Subnet>();
  for (const subnet of subnets) {
    if (!byZone.has(subnet.availabilityZone)) byZone.set(subnet.availabilityZone, subnet);
  }
  if (byZone.size < 2) {
    throw invalidParameter(
      'An Express service needs subnets in at least two Availability Zones for its load balancer.',
    );
  }
  const tables = [...tx.routeTables.by('vpc', vpcId)];
  return {
    vpcId,
    subnets,
    balancerSubnets: [...byZone.values()],
    isPublic: subnets.every(({ subnetId }) => leadsOutside(routeTableOf(subnetId, tables))),
    securityGroups: configuration?.securityGroups ?? [],
  };
}

/** The network configuration of the service's tasks: the user's groups, and the one by which the load balancer reaches them. */
export function tasksNetwork(network: ExpressNetwork, serviceGroupId: string) {
  return {
    subnets: network.subnets.map(({ subnetId }) => subnetId),
    securityGroups: [...network.securityGroups, serviceGroupId],
    assignPublicIp: network.isPublic ? ('ENABLED' as const) : ('DISABLED' as const),
  };
}

function leadsOutside(table: RouteTable | undefined): boolean {
  return table?.routes.some(({ gatewayId = '' }) => gatewayId.startsWith('igw-')) ?? false;
}

function defaultSubnets(view: RoadsteadView, scope: Scope): readonly Subnet[] {
  const subnets = findDefaultNetwork(view, scope)?.subnets.filter(({ defaultForAz }) => defaultForAz) ?? [];
  if (subnets.length > 0) return subnets;
  throw invalidParameter('There is no default VPC with default subnets. Specify subnets in networkConfiguration.');
}

function subnetOf(view: RoadsteadView, scope: Scope, id: string): Subnet {
  const subnet = view.subnets.find(`${scopeKey(scope)}/${id}`);
  if (subnet !== undefined) return subnet;
  throw invalidParameter(
    `Error retrieving subnet information for [${id}]: The subnet ID '${id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
  );
}
