import { operation } from '../operation.ts';
import { associationParts } from './gateway/association.ts';
import { ecs } from './service.ts';

/** DisassociateGatewayFromCluster: no gateway is there. */
export const DisassociateGatewayFromCluster = operation(
  ecs,
  'DisassociateGatewayFromCluster',
  associationParts('DisassociateGatewayFromCluster'),
);
