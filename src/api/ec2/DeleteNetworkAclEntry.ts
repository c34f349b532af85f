import { entryNotFound, isEntry, requireRuleNumber } from './acl-entries.ts';
import { getResource } from './resources/kind.ts';
import { networkAcls } from './resources/network-acl.ts';
import { change } from './service.ts';

/** DeleteNetworkAclEntry. */
export const DeleteNetworkAclEntry = change('DeleteNetworkAclEntry', {
  command: ({ NetworkAclId, RuleNumber, Egress }) => {
    requireRuleNumber(RuleNumber);
    return { networkAclId: NetworkAclId, named: { ruleNumber: RuleNumber, egress: Egress } };
  },
  apply: (tx, { networkAclId, named }, { scope }) => {
    const acl = getResource(networkAcls, tx, scope, networkAclId);
    const entries = acl.entries.filter((each) => !isEntry(each, named));
    if (entries.length === acl.entries.length) throw entryNotFound(named.ruleNumber);
    tx.networkAcls.put({ ...acl, entries });
  },
  output: () => ({}),
});
