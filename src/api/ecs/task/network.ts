import type { Ids } from '#base';
import {
  type AwsvpcConfiguration,
  type LaunchType,
  networkModeOf,
  type Scope,
  type Subnet,
  scopeKey,
  type TaskDefinition,
} from '#model';
import { ensureNetwork } from '#network';
import type { RoadsteadTx } from '#store';
import { defaultQuotas, type Quotas } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';

interface NetworkConfigurationInput {
  readonly awsvpcConfiguration?:
    | {
        readonly subnets?: readonly string[] | undefined;
        readonly securityGroups?: readonly string[] | undefined;
        readonly assignPublicIp?: string | undefined;
      }
    | undefined;
}

/** The shape of a network configuration, without looking at any state. */
export function checkedNetworkConfiguration(
  input: NetworkConfigurationInput | undefined,
  quotas: Pick<Quotas, 'subnetsPerAwsvpcConfiguration' | 'securityGroupsPerAwsvpcConfiguration'> = defaultQuotas,
): AwsvpcConfiguration | undefined {
  const given = input?.awsvpcConfiguration;
  if (given === undefined) return undefined;
  const subnets = given.subnets ?? [];
  const securityGroups = given.securityGroups ?? [];
  if (subnets.length === 0) throw invalidParameter('subnets can not be empty.');
  const { subnetsPerAwsvpcConfiguration: mostSubnets, securityGroupsPerAwsvpcConfiguration: mostGroups } = quotas;
  if (subnets.length > mostSubnets) throw invalidParameter(`subnets can have at most ${mostSubnets} items.`);
  if (securityGroups.length > mostGroups) {
    throw invalidParameter(`securityGroups can have at most ${mostGroups} items.`);
  }
  return { subnets, securityGroups, assignPublicIp: given.assignPublicIp === 'ENABLED' ? 'ENABLED' : 'DISABLED' };
}

/**
 * Whether the configuration fits the definition and launch type, and whether its subnets and groups exist. Gives the
 * zones of the subnets; `undefined` for tasks without an interface of their own.
 */
export function checkedNetwork(
  tx: RoadsteadTx,
  scope: Scope,
  ids: Ids,
  request: {
    readonly definition: TaskDefinition;
    readonly launchType: LaunchType;
    readonly configuration: AwsvpcConfiguration | undefined;
  },
): { readonly zones: readonly string[] } | undefined {
  const { configuration } = request;
  if (networkModeOf(request.definition) !== 'awsvpc') {
    if (configuration === undefined) return undefined;
    throw invalidParameter('Network Configuration is not valid for the given networkMode of this task definition.');
  }
  if (configuration === undefined) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (configuration.assignPublicIp === 'ENABLED' && request.launchType !== 'FARGATE') {
    throw invalidParameter('Assign public IP is not supported for this launch type.');
  }
  ensureNetwork(tx, scope, ids);
  const subnets = configuration.subnets.map((id) => requireSubnet(tx, scope, id));
  const vpcs = new Set(subnets.map(({ vpcId }) => vpcId));
  if (vpcs.size > 1) throw invalidParameter('All subnets must be in the same VPC.');
  for (const id of configuration.securityGroups) {
    const group = tx.securityGroups.find(`${scopeKey(scope)}/${id}`);
    if (group === undefined) {
      throw invalidParameter(
        `Error retrieving security group information for [${id}]: The security group '${id}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
      );
    }
    if (!vpcs.has(group.vpcId)) {
      throw invalidParameter(`Security group ${id} does not appear to belong to the same VPC as the input subnets.`);
    }
  }
  return { zones: subnets.map(({ availabilityZone }) => availabilityZone) };
}

function requireSubnet(tx: RoadsteadTx, scope: Scope, id: string): Subnet {
  const subnet = tx.subnets.find(`${scopeKey(scope)}/${id}`);
  if (subnet === undefined) {
    throw invalidParameter(
      `Error retrieving subnet information for [${id}]: The subnet ID '${id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    );
  }
  return subnet;
}
