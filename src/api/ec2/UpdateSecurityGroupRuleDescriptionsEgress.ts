import { permissionsFrom } from './permissions.ts';
import { describeRules } from './rule-descriptions.ts';
import { change } from './service.ts';

/** UpdateSecurityGroupRuleDescriptionsEgress. */
export const UpdateSecurityGroupRuleDescriptionsEgress = change('UpdateSecurityGroupRuleDescriptionsEgress', {
  command: (input) => ({
    group: { id: input.GroupId, name: input.GroupName },
    isEgress: true,
    permissions: permissionsFrom(input),
    descriptions: input.SecurityGroupRuleDescriptions ?? [],
  }),
  apply: describeRules,
  output: () => ({ Return: true }),
});
