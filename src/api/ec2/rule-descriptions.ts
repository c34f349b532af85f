import { permissionOf, type SecurityGroupRule } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../operation.ts';
import { missingParameter } from './errors.ts';
import { type RulesCommand, ruleOfGroup } from './group-rules.ts';
import { descriptionFrom, requireGroup, rulesFrom } from './permissions.ts';
import { rulesOf } from './resources/security-group.ts';

interface DescriptionOf {
  readonly SecurityGroupRuleId?: string | undefined;
  readonly Description?: string | undefined;
}

/** Rules of one direction get other descriptions, or none. */
export function describeRules(
  tx: RoadsteadTx,
  {
    group: given,
    isEgress,
    permissions,
    descriptions,
  }: RulesCommand & { readonly descriptions: readonly DescriptionOf[] },
  { scope }: Pick<OperationContext, 'scope'>,
): void {
  const group = requireGroup(tx, scope, given);
  if (permissions.length === 0 && descriptions.length === 0) throw missingParameter('ipPermissions');
  const existing = rulesOf(group, tx).filter((rule) => rule.isEgress === isEgress);
  for (const { SecurityGroupRuleId = '', Description } of descriptions) {
    putDescription(tx, ruleOfGroup(tx, group, SecurityGroupRuleId, isEgress), descriptionFrom(Description));
  }
  for (const { description, ...wanted } of rulesFrom(permissions, isEgress, group, tx)) {
    const rule = existing.find((each) => permissionOf(each) === permissionOf(wanted));
    if (rule === undefined) {
      const message = 'The specified rule does not exist in this security group.';
      throw new ApiError('InvalidPermission.NotFound', message);
    }
    putDescription(tx, rule, description === undefined ? {} : { description });
  }
}

function putDescription(tx: RoadsteadTx, rule: SecurityGroupRule, given: { readonly description?: string }): void {
  const { description: _former, ...without } = rule;
  tx.securityGroupRules.put({ ...without, ...given });
}
