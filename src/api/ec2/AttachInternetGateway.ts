import { ApiError } from '#wire/aws';
import { invalidParameterValue } from './errors.ts';
import { internetGateways } from './resources/internet-gateway.ts';
import { getResource } from './resources/kind.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';

/** AttachInternetGateway: one to a VPC. */
export const AttachInternetGateway = change('AttachInternetGateway', {
  command: ({ InternetGatewayId, VpcId }) => ({ internetGatewayId: InternetGatewayId, vpcId: VpcId }),
  apply: (tx, { internetGatewayId, vpcId }, { scope }) => {
    const gateway = getResource(internetGateways, tx, scope, internetGatewayId);
    getResource(vpcs, tx, scope, vpcId);
    if (gateway.vpcId !== undefined) {
      const message = `resource ${internetGatewayId} is already attached to network ${gateway.vpcId}`;
      throw new ApiError('Resource.AlreadyAssociated', message);
    }
    if (tx.internetGateways.count('vpc', vpcId) > 0) {
      throw invalidParameterValue(`Network ${vpcId} already has an internet gateway attached`);
    }
    tx.internetGateways.put({ ...gateway, vpcId });
  },
  output: () => ({}),
});
