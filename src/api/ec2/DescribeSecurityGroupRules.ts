import { presentRule, securityGroupRules } from './resources/security-group-rule.ts';
import { list, read } from './service.ts';

/** DescribeSecurityGroupRules. */
export const DescribeSecurityGroupRules = read('DescribeSecurityGroupRules', (input, view, ctx) => {
  const { records, page } = list(securityGroupRules, { ...input, ids: input.SecurityGroupRuleIds }, view, ctx);
  return { SecurityGroupRules: records.map((each) => presentRule(each, view)), ...page };
});
