import { dependencyViolation } from './errors.ts';
import { internetGateways } from './resources/internet-gateway.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { change } from './service.ts';

/** DeleteInternetGateway: one that no VPC has. */
export const DeleteInternetGateway = change('DeleteInternetGateway', {
  command: ({ InternetGatewayId }) => InternetGatewayId,
  apply: (tx, internetGatewayId, { scope }) => {
    if (getResource(internetGateways, tx, scope, internetGatewayId).vpcId !== undefined) {
      throw dependencyViolation(`The internetGateway '${internetGatewayId}' has dependencies and cannot be deleted.`);
    }
    tx.internetGateways.delete(keyOf(scope, internetGatewayId));
  },
  output: () => ({}),
});
