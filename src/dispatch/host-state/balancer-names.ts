import { expressDomain, nodeServes, type Service } from '#model';
import type { RoadsteadView } from '#store';
import { type Compiled, everywhere } from './compiler.ts';

/**
 * The names of load balancers and endpoints of Express services, which every host answers whoever asks. Ids of names are
 * ARNs; those of others never begin so. Zones of endpoints are one in each region; their ids are their names.
 */

/** The zone of them all, while there is a load balancer; its id as well. */
export const balancerZone = 'elb.localhost';

/** As in AWS, seconds. */
const ttl = 60;
const negativeTtl = 5;

export function hasBalancers(view: RoadsteadView): boolean {
  for (const _ of view.loadBalancers.all()) return true;
  return false;
}

export function compileBalancerZone(view: RoadsteadView): Compiled<'zone'> | undefined {
  if (!hasBalancers(view)) return undefined;
  return { body: { name: balancerZone, vpcIds: 'all', negativeTtl }, scopes: [everywhere] };
}

export function isBalancerId(id: string): boolean {
  return id.startsWith('arn:');
}

/** The addresses of the nodes that serve; of all that a host carries while none is known to. */
export function compileBalancerName(view: RoadsteadView, loadBalancerArn: string): Compiled<'name'> | undefined {
  const balancer = view.loadBalancers.find(loadBalancerArn);
  if (balancer === undefined) return undefined;
  const standing = balancer.nodes.filter(({ hostArn }) => hostArn !== undefined);
  if (standing.length === 0) return undefined;
  const serving = standing.filter((node) => nodeServes(balancer, node));
  const values = (serving.length > 0 ? serving : standing).map(({ privateIpv4Address }) => ({
    value: privateIpv4Address,
  }));
  const name = balancer.dnsName.toLowerCase();
  return { body: { zoneId: balancerZone, name, type: 'A', ttl, routing: 'multivalue', values }, scopes: [everywhere] };
}

/** The regions that have load balancers for Express services, by the zone of these. */
export function expressZones(view: RoadsteadView): ReadonlySet<string> {
  const zones = new Set<string>();
  for (const { express, region } of view.loadBalancers.all()) if (express === true) zones.add(expressDomain(region));
  return zones;
}

export function isExpressZone(id: string): boolean {
  return /^ecs\.[a-z0-9-]+\.localhost$/.test(id);
}

export function compileExpressZone(view: RoadsteadView, name: string): Compiled<'zone'> | undefined {
  if (!expressZones(view).has(name)) return undefined;
  return { body: { name, vpcIds: 'all', negativeTtl }, scopes: [everywhere] };
}

/** The endpoint of an Express service is where its load balancer is. */
export function compileExpressName(view: RoadsteadView, service: Service): Compiled<'name'> | undefined {
  const { express, region } = service;
  const ofBalancer =
    express?.resources === undefined ? undefined : compileBalancerName(view, express.resources.loadBalancerArn);
  if (express === undefined || ofBalancer === undefined) return undefined;
  return { ...ofBalancer, body: { ...ofBalancer.body, zoneId: expressDomain(region), name: express.endpoint } };
}
