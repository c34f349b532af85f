import { operation } from '../operation.ts';
import { associationParts } from './gateway/association.ts';
import { ecs } from './service.ts';

/** AssociateGatewayWithCluster: no gateway is there. */
export const AssociateGatewayWithCluster = operation(
  ecs,
  'AssociateGatewayWithCluster',
  associationParts('AssociateGatewayWithCluster'),
);
