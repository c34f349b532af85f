import { scopeKey } from '#model';
import { ApiError } from '#wire/aws';
import { dependencyViolation } from './errors.ts';
import { internetGateways } from './resources/internet-gateway.ts';
import { getResource } from './resources/kind.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';

/** DetachInternetGateway. DependencyViolation while an interface of the VPC has a public address. */
export const DetachInternetGateway = change('DetachInternetGateway', {
  command: ({ InternetGatewayId, VpcId }) => ({ internetGatewayId: InternetGatewayId, vpcId: VpcId }),
  apply: (tx, { internetGatewayId, vpcId }, { scope }) => {
    const { vpcId: attached, ...gateway } = getResource(internetGateways, tx, scope, internetGatewayId);
    getResource(vpcs, tx, scope, vpcId);
    if (attached !== vpcId) {
      const message = `resource ${internetGatewayId} is not attached to network ${vpcId}`;
      throw new ApiError('Gateway.NotAttached', message);
    }
    for (const eni of tx.networkInterfaces.by('scope', scopeKey(scope))) {
      if (eni.vpcId !== vpcId || eni.association === undefined) continue;
      throw dependencyViolation(
        `Network ${vpcId} has some mapped public address(es). ` +
          'Please unmap those public address(es) before detaching the gateway.',
      );
    }
    tx.internetGateways.put(gateway);
  },
  output: () => ({}),
});
