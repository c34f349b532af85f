import { invalidParameterValue, missingParameter } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { descriptionOf, networkInterfaces, presentAttachment, presentGroups } from './resources/network-interface.ts';
import { read } from './service.ts';

/** DescribeNetworkInterfaceAttribute: one attribute. */
export const DescribeNetworkInterfaceAttribute = read(
  'DescribeNetworkInterfaceAttribute',
  ({ NetworkInterfaceId, Attribute }, view, { scope }) => {
    const eni = getResource(networkInterfaces, view, scope, NetworkInterfaceId);
    switch (Attribute) {
      case 'description':
        return { NetworkInterfaceId, Description: { Value: descriptionOf(eni) } };
      case 'groupSet':
        return { NetworkInterfaceId, Groups: presentGroups(eni, view) };
      case 'sourceDestCheck':
        return { NetworkInterfaceId, SourceDestCheck: { Value: eni.sourceDestCheck ?? true } };
      case 'attachment': {
        const attachment = presentAttachment(eni);
        return { NetworkInterfaceId, ...(attachment === undefined ? {} : { Attachment: attachment }) };
      }
      case undefined:
        throw missingParameter('attribute');
      case 'associatePublicIpAddress':
      default:
        throw invalidParameterValue(
          `Value (${Attribute}) for parameter attribute is invalid. Unknown network interface attribute.`,
        );
    }
  },
);
