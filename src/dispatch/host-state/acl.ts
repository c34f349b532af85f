import { entriesInOrder, type NetworkAcl } from '#model';
import type { NetworkAclEntry } from '#wire/link';
import { type HostStateCompiler, scopeOfVpc } from './compiler.ts';
import { portMatch } from './protocol.ts';

export const aclCompiler: HostStateCompiler<'acl'> = {
  kind: 'acl',
  *all(view) {
    for (const { networkAclId } of view.networkAcls.all()) yield networkAclId;
  },
  changedBy: { networkAcls: ({ before, after }) => [(after ?? before)?.networkAclId ?? ''] },
  compile(view, id) {
    const acl = view.networkAcls.newest('id', id);
    if (acl === undefined) return undefined;
    const body = { ingress: entriesOf(acl, false), egress: entriesOf(acl, true) };
    return { body, scopes: [scopeOfVpc(acl.vpcId)] };
  },
};

function entriesOf(acl: NetworkAcl, isEgress: boolean): NetworkAclEntry[] {
  return entriesInOrder(acl, isEgress).flatMap(
    ({ ruleNumber, ruleAction: action, protocol, cidrBlock: cidr, portRange, icmpTypeCode }) => {
      if (cidr === undefined) return [];
      const match = portMatch(protocol, portRange?.from ?? icmpTypeCode?.type, portRange?.to ?? icmpTypeCode?.code);
      return [{ ruleNumber, action, cidr, ...match }];
    },
  );
}
