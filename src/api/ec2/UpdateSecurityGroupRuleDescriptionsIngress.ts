import { permissionsFrom } from './permissions.ts';
import { describeRules } from './rule-descriptions.ts';
import { change } from './service.ts';

/** UpdateSecurityGroupRuleDescriptionsIngress. */
export const UpdateSecurityGroupRuleDescriptionsIngress = change('UpdateSecurityGroupRuleDescriptionsIngress', {
  command: (input) => ({
    group: { id: input.GroupId, name: input.GroupName },
    isEgress: false,
    permissions: permissionsFrom(input),
    descriptions: input.SecurityGroupRuleDescriptions ?? [],
  }),
  apply: describeRules,
  output: () => ({ Return: true }),
});
