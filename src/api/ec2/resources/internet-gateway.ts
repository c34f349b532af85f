import type { InternetGateway } from '#model';
import { presentTags } from '../tags.ts';
import { type Kind, keyOf, notFoundAs } from './kind.ts';

/** Source of the filters: DescribeInternetGateways. */
export const internetGateways: Kind<InternetGateway> = {
  type: 'internet-gateway',
  prefix: 'igw',
  table: (view) => view.internetGateways,
  find: (view, scope, id) => view.internetGateways.find(keyOf(scope, id)),
  idOf: (gateway) => gateway.internetGatewayId,
  put: (tx, gateway) => tx.internetGateways.put(gateway),
  notFound: notFoundAs('InvalidInternetGatewayID.NotFound', 'internetGateway ID'),
  filters: {
    'attachment.state': (gateway) => (gateway.vpcId === undefined ? undefined : 'available'),
    'attachment.vpc-id': (gateway) => gateway.vpcId,
    'internet-gateway-id': (gateway) => gateway.internetGatewayId,
    'owner-id': (gateway) => gateway.accountId,
  },
};

/** An attachment of an internet gateway is `available`, which its model does not have. Observed. */
export function presentInternetGateway({ internetGatewayId, accountId, vpcId, tags }: InternetGateway) {
  return {
    InternetGatewayId: internetGatewayId,
    OwnerId: accountId,
    Attachments: vpcId === undefined ? [] : [{ VpcId: vpcId, State: 'available' as 'attached' }],
    Tags: presentTags(tags),
  };
}
