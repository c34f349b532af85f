import { ApiError } from '#wire/aws';
import { entryFrom, isEntry } from './acl-entries.ts';
import { getResource } from './resources/kind.ts';
import { networkAcls } from './resources/network-acl.ts';
import { change } from './service.ts';

/** CreateNetworkAclEntry. */
export const CreateNetworkAclEntry = change('CreateNetworkAclEntry', {
  command: (input) => ({ networkAclId: input.NetworkAclId, entry: entryFrom(input) }),
  apply: (tx, { networkAclId, entry }, { scope, settings }) => {
    const acl = getResource(networkAcls, tx, scope, networkAclId);
    if (acl.entries.some((each) => isEntry(each, entry))) {
      throw new ApiError(
        'NetworkAclEntryAlreadyExists',
        `The network acl entry identified by ${entry.ruleNumber} already exists.`,
      );
    }
    const alike = acl.entries.filter(({ egress }) => egress === entry.egress);
    if (alike.length >= settings.quotas.entriesPerNetworkAcl) {
      throw new ApiError('NetworkAclEntryLimitExceeded', 'The maximum number of network acl entries has been reached.');
    }
    tx.networkAcls.put({ ...acl, entries: [...acl.entries, entry] });
  },
  output: () => ({}),
});
