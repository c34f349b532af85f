import { missingParameter, unsupported } from './errors.ts';
import { groupsFrom } from './interface-groups.ts';
import { getResource } from './resources/kind.ts';
import { networkInterfaces } from './resources/network-interface.ts';
import { subnets } from './resources/subnet.ts';
import { change } from './service.ts';

/** ModifyNetworkInterfaceAttribute: groups, description, the check of addresses. Of tasks' interfaces too. */
export const ModifyNetworkInterfaceAttribute = change('ModifyNetworkInterfaceAttribute', {
  command: (input) => {
    if (input.Attachment !== undefined)
      throw unsupported('Attachment: interfaces are attached by services alone here.');
    const groups = input.Groups;
    const description = input.Description?.Value;
    const sourceDestCheck = input.SourceDestCheck?.Value;
    if (groups === undefined && description === undefined && sourceDestCheck === undefined) {
      throw missingParameter('attribute');
    }
    return {
      networkInterfaceId: input.NetworkInterfaceId,
      groups,
      changed: {
        ...(description === undefined ? {} : { description }),
        ...(sourceDestCheck === undefined ? {} : { sourceDestCheck }),
      },
    };
  },
  apply: (tx, { networkInterfaceId, groups, changed }, { scope, settings }) => {
    const eni = getResource(networkInterfaces, tx, scope, networkInterfaceId);
    const vpcId = eni.vpcId ?? getResource(subnets, tx, scope, eni.subnetId).vpcId;
    const guarded =
      groups === undefined ? {} : { securityGroups: groupsFrom(tx, scope, vpcId, groups, settings.quotas) };
    tx.networkInterfaces.put({ ...eni, ...changed, ...guarded });
  },
  output: () => ({}),
});
