import { defaultGroupDescription, type SecurityGroup, type SecurityGroupRule } from '#model';
import type { RoadsteadView } from '#store';
import { presentTags } from '../tags.ts';
import { type FilterValues, type Kind, keyOf, notFoundAs } from './kind.ts';

/** Source of the filters: DescribeSecurityGroups. */
export const securityGroups: Kind<SecurityGroup> = {
  type: 'security-group',
  prefix: 'sg',
  table: (view) => view.securityGroups,
  find: (view, scope, id) => view.securityGroups.find(keyOf(scope, id)),
  idOf: (group) => group.groupId,
  put: (tx, group) => tx.securityGroups.put(group),
  notFound: notFoundAs('InvalidGroup.NotFound', 'security group'),
  malformed: 'InvalidGroupId.Malformed',
  filters: {
    description: descriptionOf,
    ...ruleFilters('ip-permission', false),
    ...ruleFilters('egress.ip-permission', true),
    'group-id': (group) => group.groupId,
    'group-name': (group) => group.groupName,
    'owner-id': (group) => group.accountId,
    'vpc-id': (group) => group.vpcId,
  },
};

function ruleFilters(prefix: string, isEgress: boolean): Record<string, FilterValues<SecurityGroup>> {
  const values =
    (valueOf: (rule: SecurityGroupRule, view: RoadsteadView) => string | number | undefined) =>
    (group: SecurityGroup, view: RoadsteadView) =>
      rulesOf(group, view)
        .filter((rule) => rule.isEgress === isEgress)
        .map((rule) => valueOf(rule, view));
  return {
    [`${prefix}.cidr`]: values((rule) => rule.cidrIpv4),
    [`${prefix}.from-port`]: values((rule) => rule.fromPort),
    [`${prefix}.group-id`]: values((rule) => rule.referencedGroupId),
    [`${prefix}.group-name`]: values(
      (rule, view) => view.securityGroups.find(keyOf(rule, rule.referencedGroupId ?? ''))?.groupName,
    ),
    [`${prefix}.ipv6-cidr`]: values((rule) => rule.cidrIpv6),
    [`${prefix}.prefix-list-id`]: values((rule) => rule.prefixListId),
    [`${prefix}.protocol`]: values((rule) => rule.ipProtocol),
    [`${prefix}.to-port`]: values((rule) => rule.toPort),
    [`${prefix}.user-id`]: values((rule) => (rule.referencedGroupId === undefined ? undefined : rule.accountId)),
  };
}

/** The rules of a group, in the order in which they were made. */
export function rulesOf(
  { groupId }: Pick<SecurityGroup, 'groupId'>,
  view: Pick<RoadsteadView, 'securityGroupRules'>,
): readonly SecurityGroupRule[] {
  return [...view.securityGroupRules.by('group', groupId)];
}

export function groupArn({ region, accountId, groupId }: SecurityGroup): string {
  return `arn:aws:ec2:${region}:${accountId}:security-group/${groupId}`;
}

export function presentGroup(group: SecurityGroup, view: RoadsteadView) {
  const rules = rulesOf(group, view);
  return {
    GroupId: group.groupId,
    GroupName: group.groupName,
    Description: descriptionOf(group),
    OwnerId: group.accountId,
    SecurityGroupArn: groupArn(group),
    VpcId: group.vpcId,
    IpPermissions: presentPermissions(rules.filter((rule) => !rule.isEgress)),
    IpPermissionsEgress: presentPermissions(rules.filter((rule) => rule.isEgress)),
    Tags: presentTags(group.tags),
  };
}

function descriptionOf(group: SecurityGroup): string {
  return group.description ?? defaultGroupDescription;
}

/** Rules of the same protocol and ports are one permission with all their peers. */
export function presentPermissions(rules: readonly SecurityGroupRule[]) {
  const byPorts = Map.groupBy(rules, ({ ipProtocol, fromPort, toPort }) => `${ipProtocol} ${fromPort} ${toPort}`);
  return [...byPorts.values()].map(presentPermission);
}

function presentPermission(rules: readonly SecurityGroupRule[]) {
  const [first] = rules;
  const ports =
    first === undefined || first.ipProtocol === '-1' ? {} : { FromPort: first.fromPort, ToPort: first.toPort };
  return {
    IpProtocol: first?.ipProtocol,
    ...ports,
    UserIdGroupPairs: rules.flatMap(({ referencedGroupId, accountId, ...rule }) =>
      referencedGroupId === undefined
        ? []
        : [{ GroupId: referencedGroupId, UserId: accountId, ...presentDescription(rule) }],
    ),
    IpRanges: rules.flatMap(({ cidrIpv4, ...rule }) =>
      cidrIpv4 === undefined ? [] : [{ CidrIp: cidrIpv4, ...presentDescription(rule) }],
    ),
    Ipv6Ranges: rules.flatMap(({ cidrIpv6, ...rule }) =>
      cidrIpv6 === undefined ? [] : [{ CidrIpv6: cidrIpv6, ...presentDescription(rule) }],
    ),
    PrefixListIds: rules.flatMap(({ prefixListId, ...rule }) =>
      prefixListId === undefined ? [] : [{ PrefixListId: prefixListId, ...presentDescription(rule) }],
    ),
  };
}

function presentDescription({ description }: Pick<SecurityGroupRule, 'description'>) {
  return description === undefined ? {} : { Description: description };
}
