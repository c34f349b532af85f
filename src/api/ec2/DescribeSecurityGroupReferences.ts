import { getResource } from './resources/kind.ts';
import { securityGroups } from './resources/security-group.ts';
import { read } from './service.ts';

/** DescribeSecurityGroupReferences: from VPCs at the other side of a peering connection, which there are none of. */
export const DescribeSecurityGroupReferences = read(
  'DescribeSecurityGroupReferences',
  ({ GroupId }, view, { scope }) => {
    for (const id of GroupId) getResource(securityGroups, view, scope, id);
    return { SecurityGroupReferenceSet: [] };
  },
);
