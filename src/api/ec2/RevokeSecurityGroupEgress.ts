import { revoke } from './group-rules.ts';
import { permissionsFrom } from './permissions.ts';
import { presentRevoked } from './resources/security-group-rule.ts';
import { change } from './service.ts';

/** RevokeSecurityGroupEgress. */
export const RevokeSecurityGroupEgress = change('RevokeSecurityGroupEgress', {
  command: (input) => ({
    group: { id: input.GroupId, name: undefined },
    isEgress: true,
    permissions: permissionsFrom(input),
    ruleIds: input.SecurityGroupRuleIds ?? [],
  }),
  apply: revoke,
  output: (rules) => ({ Return: true, RevokedSecurityGroupRules: rules.map(presentRevoked) }),
});
