import { authorize } from './group-rules.ts';
import { permissionsFrom } from './permissions.ts';
import { presentRule } from './resources/security-group-rule.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** AuthorizeSecurityGroupIngress. */
export const AuthorizeSecurityGroupIngress = change('AuthorizeSecurityGroupIngress', {
  command: (input) => ({
    group: { id: input.GroupId, name: input.GroupName },
    isEgress: false,
    permissions: permissionsFrom(input),
    tags: newTags(input.TagSpecifications, 'security-group-rule'),
  }),
  apply: (tx, command, ctx) => authorize(tx, command, ctx).map((rule) => presentRule(rule, tx)),
  output: (SecurityGroupRules) => ({ Return: true, SecurityGroupRules }),
});
