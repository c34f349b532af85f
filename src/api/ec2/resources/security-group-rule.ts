import type { SecurityGroupRule } from '#model';
import type { RoadsteadView } from '#store';
import { presentTags } from '../tags.ts';
import { type Kind, keyOf, notFoundAs } from './kind.ts';

/** Source of the filters: DescribeSecurityGroupRules. */
export const securityGroupRules: Kind<SecurityGroupRule> = {
  type: 'security-group-rule',
  prefix: 'sgr',
  table: (view) => view.securityGroupRules,
  find: (view, scope, id) => view.securityGroupRules.find(keyOf(scope, id)),
  idOf: (rule) => rule.securityGroupRuleId,
  put: (tx, rule) => tx.securityGroupRules.put(rule),
  notFound: notFoundAs('InvalidSecurityGroupRuleId.NotFound', 'security group rule ID'),
  malformed: 'InvalidSecurityGroupRuleId.Malformed',
  filters: {
    'group-id': (rule) => rule.groupId,
    'security-group-rule-id': (rule) => rule.securityGroupRuleId,
  },
};

export function presentRule(rule: SecurityGroupRule, view: Pick<RoadsteadView, 'securityGroups'>) {
  const { referencedGroupId } = rule;
  const referenced = view.securityGroups.find(keyOf(rule, referencedGroupId ?? ''));
  return {
    SecurityGroupRuleId: rule.securityGroupRuleId,
    SecurityGroupRuleArn: `arn:aws:ec2:${rule.region}:${rule.accountId}:security-group-rule/${rule.securityGroupRuleId}`,
    GroupId: rule.groupId,
    GroupOwnerId: rule.accountId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...(rule.cidrIpv4 === undefined ? {} : { CidrIpv4: rule.cidrIpv4 }),
    ...(rule.cidrIpv6 === undefined ? {} : { CidrIpv6: rule.cidrIpv6 }),
    ...(rule.prefixListId === undefined ? {} : { PrefixListId: rule.prefixListId }),
    ...(referencedGroupId === undefined
      ? {}
      : {
          // Whose group it is, is left out where it is the caller's own, as it always is here: Terraform that was told not
          // to ask for its account would take it for another's.
          ReferencedGroupInfo: {
            GroupId: referencedGroupId,
            ...(referenced === undefined ? {} : { VpcId: referenced.vpcId }),
          },
        }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: presentTags(rule.tags),
  };
}

/** As answers to Revoke show what is gone. */
export function presentRevoked(rule: SecurityGroupRule) {
  return {
    SecurityGroupRuleId: rule.securityGroupRuleId,
    GroupId: rule.groupId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...(rule.cidrIpv4 === undefined ? {} : { CidrIpv4: rule.cidrIpv4 }),
    ...(rule.cidrIpv6 === undefined ? {} : { CidrIpv6: rule.cidrIpv6 }),
    ...(rule.prefixListId === undefined ? {} : { PrefixListId: rule.prefixListId }),
    ...(rule.referencedGroupId === undefined ? {} : { ReferencedGroupId: rule.referencedGroupId }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
  };
}
