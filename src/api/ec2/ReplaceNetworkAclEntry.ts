import { entryFrom, entryNotFound, isEntry } from './acl-entries.ts';
import { getResource } from './resources/kind.ts';
import { networkAcls } from './resources/network-acl.ts';
import { change } from './service.ts';

/** ReplaceNetworkAclEntry: the one with the same number and direction. */
export const ReplaceNetworkAclEntry = change('ReplaceNetworkAclEntry', {
  command: (input) => ({ networkAclId: input.NetworkAclId, entry: entryFrom(input) }),
  apply: (tx, { networkAclId, entry }, { scope }) => {
    const acl = getResource(networkAcls, tx, scope, networkAclId);
    if (!acl.entries.some((each) => isEntry(each, entry))) throw entryNotFound(entry.ruleNumber);
    tx.networkAcls.put({ ...acl, entries: acl.entries.map((each) => (isEntry(each, entry) ? entry : each)) });
  },
  output: () => ({}),
});
