import { revoke } from './group-rules.ts';
import { permissionsFrom } from './permissions.ts';
import { presentRevoked } from './resources/security-group-rule.ts';
import { change } from './service.ts';

/** RevokeSecurityGroupIngress. */
export const RevokeSecurityGroupIngress = change('RevokeSecurityGroupIngress', {
  command: (input) => ({
    group: { id: input.GroupId, name: input.GroupName },
    isEgress: false,
    permissions: permissionsFrom(input),
    ruleIds: input.SecurityGroupRuleIds ?? [],
  }),
  apply: revoke,
  output: (rules) => ({ Return: true, RevokedSecurityGroupRules: rules.map(presentRevoked) }),
});
