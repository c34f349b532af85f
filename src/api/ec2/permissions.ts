import {
  formatCidr,
  parseCidr,
  parseIpv6Cidr,
  permissionOf,
  type Scope,
  type SecurityGroup,
  type SecurityGroupRule,
} from '#model';
import { findDefaultNetwork } from '#network';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { invalidParameterValue, missingParameter } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { securityGroups } from './resources/security-group.ts';

interface Peer {
  readonly Description?: string | undefined;
}

/** A permission as requests give it: a protocol, ports, and any number of peers. */
export interface IpPermission {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly UserIdGroupPairs?:
    | readonly (Peer & {
        readonly GroupId?: string | undefined;
        readonly GroupName?: string | undefined;
        readonly UserId?: string | undefined;
      })[]
    | undefined;
  readonly IpRanges?: readonly (Peer & { readonly CidrIp?: string | undefined })[] | undefined;
  readonly Ipv6Ranges?: readonly (Peer & { readonly CidrIpv6?: string | undefined })[] | undefined;
  readonly PrefixListIds?: readonly (Peer & { readonly PrefixListId?: string | undefined })[] | undefined;
}

interface FlatPermission {
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly SourceSecurityGroupOwnerId?: string | undefined;
}

/** A rule before it has an id and a group. */
export type Permission = Omit<SecurityGroupRule, 'securityGroupRuleId' | 'groupId' | 'tags' | keyof Scope>;
type Peered = Omit<Permission, 'isEgress' | 'ipProtocol' | 'fromPort' | 'toPort'>;

/** The permissions of a request: of its list, or of the members that name one. */
export function permissionsFrom(input: FlatPermission): readonly IpPermission[] {
  const { IpPermissions = [], IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName: GroupName } = input;
  if (IpPermissions.length > 0) return IpPermissions;
  if (IpProtocol === undefined && GroupName === undefined) return [];
  return [
    {
      IpProtocol: IpProtocol ?? '-1',
      FromPort,
      ToPort,
      ...(CidrIp === undefined ? {} : { IpRanges: [{ CidrIp }] }),
      ...(GroupName === undefined
        ? {}
        : { UserIdGroupPairs: [{ GroupName, UserId: input.SourceSecurityGroupOwnerId }] }),
    },
  ];
}

/** One rule for each peer. InvalidParameterValue for what is malformed, or when two are the same. */
export function rulesFrom(
  permissions: readonly IpPermission[],
  isEgress: boolean,
  group: SecurityGroup,
  view: RoadsteadView,
): readonly Permission[] {
  const rules = permissions.flatMap((permission) => {
    const ports = portsFrom(permission.IpProtocol, permission.FromPort, permission.ToPort);
    const peers = peersFrom(permission, group, view);
    if (peers.length === 0) {
      throw missingParameter('a source or destination: a CIDR block, a security group or a prefix list');
    }
    return peers.map((peer) => ({ isEgress, ...ports, ...peer }));
  });
  const seen = new Set(rules.map(permissionOf));
  if (seen.size < rules.length) {
    throw invalidParameterValue('The same permission must not appear multiple times');
  }
  return rules;
}

function peersFrom(permission: IpPermission, group: SecurityGroup, view: RoadsteadView): readonly Peered[] {
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp = '', Description }) => ({
      cidrIpv4: ipv4From(CidrIp),
      ...descriptionFrom(Description),
    })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = '', Description }) => ({
      cidrIpv6: ipv6From(CidrIpv6),
      ...descriptionFrom(Description),
    })),
    ...(permission.UserIdGroupPairs ?? []).map(({ Description, ...pair }) => ({
      referencedGroupId: referenceFrom(pair, group, view),
      ...descriptionFrom(Description),
    })),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId = '' }): Peered => {
      throw new ApiError('InvalidPrefixListID.NotFound', `The prefix list ID '${PrefixListId}' does not exist`);
    }),
  ];
}

export function ipv4From(text: string): string {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw invalidParameterValue(`CIDR block ${text} is malformed`);
  return formatCidr(cidr);
}

export function ipv6From(text: string): string {
  const cidr = parseIpv6Cidr(text);
  if (cidr === undefined) throw invalidParameterValue(`CIDR block ${text} is malformed`);
  return cidr;
}

const groupReferencePattern = /^sg-/;

/** The id of a group of the same VPC that a rule names. */
export function referenceFrom(
  pair: {
    readonly GroupId?: string | undefined;
    readonly GroupName?: string | undefined;
    readonly UserId?: string | undefined;
  },
  group: SecurityGroup,
  view: RoadsteadView,
): string {
  const { GroupId, GroupName, UserId } = pair;
  const named = GroupId ?? (GroupName !== undefined && groupReferencePattern.test(GroupName) ? GroupName : undefined);
  if (UserId !== undefined && UserId !== '' && UserId !== group.accountId) {
    throw securityGroups.notFound(named ?? GroupName ?? '');
  }
  if (named === undefined) return idOfName(GroupName ?? '', group, view);
  const found = getResource(securityGroups, view, group, named);
  if (found.vpcId === group.vpcId) return named;
  throw new ApiError('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.');
}

function idOfName(name: string, group: SecurityGroup, view: RoadsteadView): string {
  for (const each of view.securityGroups.by('vpc', group.vpcId)) if (each.groupName === name) return each.groupId;
  throw securityGroups.notFound(name);
}

/** Source: SecurityGroupRule, `Description`. */
const descriptionPattern = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

export function descriptionFrom(text: string | undefined): { readonly description?: string } {
  if (text === undefined || text === '') return {};
  if (descriptionPattern.test(text)) return { description: text };
  throw invalidParameterValue(
    'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: ' +
      ' a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
  );
}

const namesOfNumbers: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

/** A protocol and its ports, or ICMP's type and code, as records keep them. */
export function portsFrom(
  protocol: string | undefined,
  from: number | undefined,
  to: number | undefined,
): Pick<SecurityGroupRule, 'ipProtocol' | 'fromPort' | 'toPort'> {
  if (protocol === undefined || protocol === '') throw missingParameter('ipProtocol');
  const lower = protocol.toLowerCase();
  const ipProtocol = lower === 'all' ? '-1' : (namesOfNumbers[lower] ?? lower);
  switch (ipProtocol) {
    case 'tcp':
    case 'udp':
      return { ipProtocol, ...portRangeFrom(ipProtocol, from, to) };
    case 'icmp':
    case 'icmpv6':
      return { ipProtocol, fromPort: icmpFrom(from), toPort: icmpFrom(to) };
    default:
      if (ipProtocol !== '-1' && !(/^\d{1,3}$/.test(ipProtocol) && Number(ipProtocol) <= 255)) {
        throw invalidParameterValue(`Invalid value '${protocol}' for IP protocol. Unknown protocol.`);
      }
      return { ipProtocol, fromPort: -1, toPort: -1 };
  }
}

function portRangeFrom(protocol: string, from: number | undefined, to: number | undefined) {
  if (from === undefined || to === undefined) {
    throw invalidParameterValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  if (from < 0 || to > 65_535 || from > to) {
    throw invalidParameterValue(`Invalid ${protocol.toUpperCase()} port range (${from},${to})`);
  }
  return { fromPort: from, toPort: to };
}

function icmpFrom(value: number | undefined): number {
  if (value === undefined) return -1;
  if (value < -1 || value > 255) throw invalidParameterValue(`ICMP type or code out of range: ${value}`);
  return value;
}

/** The group that a request names, by its id or, in the default VPC, by its name. */
export function requireGroup(
  view: RoadsteadView,
  scope: Scope,
  given: { readonly id: string | undefined; readonly name: string | undefined },
): SecurityGroup {
  if (given.id !== undefined) return getResource(securityGroups, view, scope, given.id);
  if (given.name === undefined) throw missingParameter('groupName or groupId');
  const network = findDefaultNetwork(view, scope);
  const found = network?.securityGroups.find(({ groupName }) => groupName === given.name);
  if (found !== undefined) return found;
  const place = network === undefined ? '' : ` in default VPC '${network.vpc.vpcId}'`;
  throw new ApiError('InvalidGroup.NotFound', `The security group '${given.name}' does not exist${place}`);
}
