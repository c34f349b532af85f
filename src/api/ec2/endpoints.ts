import type { Scope, VpcEndpoint } from '#model';
import type { RoadsteadView } from '#store';
import type { Quotas } from '../operation.ts';
import { invalidParameterValue } from './errors.ts';
import { groupsFrom } from './interface-groups.ts';
import { getResource } from './resources/kind.ts';
import { routeTables } from './resources/route-table.ts';
import { subnets } from './resources/subnet.ts';

/** What an endpoint has that gives none of its own. Source: "Default endpoint policy". */
export const openPolicy = JSON.stringify({
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

/** What the endpoint names is there and of its VPC; an interface endpoint without a group has the default one. */
export function checkedEndpoint(view: RoadsteadView, scope: Scope, endpoint: VpcEndpoint, quotas: Quotas): VpcEndpoint {
  const { vpcId, routeTableIds, subnetIds, groupIds } = endpoint;
  const parts = [
    ...routeTableIds.map((id) => getResource(routeTables, view, scope, id)),
    ...subnetIds.map((id) => getResource(subnets, view, scope, id)),
  ];
  if (parts.some((part) => part.vpcId !== vpcId)) {
    throw invalidParameterValue('You have specified two resources that belong to different networks.');
  }
  if (endpoint.vpcEndpointType === 'Gateway') return endpoint;
  return { ...endpoint, groupIds: groupsFrom(view, scope, vpcId, groupIds, quotas) };
}

/** A list of ids with some more and some fewer. */
export function changedIds(
  current: readonly string[],
  added: readonly string[] | undefined,
  removed: readonly string[] | undefined,
): readonly string[] {
  return [...new Set([...current, ...(added ?? [])])].filter((id) => removed?.includes(id) !== true);
}

/** A policy is JSON. */
export function policyFrom(text: string | undefined): string {
  if (text === undefined || text === '') return openPolicy;
  try {
    JSON.parse(text);
  } catch {
    throw invalidParameterValue('Policy document is malformed: it is not JSON.');
  }
  return text;
}
