import { presentInternetGateway } from './resources/internet-gateway.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** CreateInternetGateway. */
export const CreateInternetGateway = change('CreateInternetGateway', {
  command: (input, { scope, ids }) => ({
    ...scope,
    internetGatewayId: `igw-${ids.hex(17)}`,
    ...newTags(input.TagSpecifications, 'internet-gateway'),
  }),
  apply: (tx, gateway) => {
    tx.internetGateways.put(gateway);
    return presentInternetGateway(gateway);
  },
  output: (InternetGateway) => ({ InternetGateway }),
});
