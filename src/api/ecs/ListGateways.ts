import { operation } from '../operation.ts';
import { checkedEnums } from './enums.ts';
import { invalidParameter } from './errors.ts';
import { checkedGatewayName } from './gateway/references.ts';
import { gatewayStatuses } from './gateway/rules.ts';
import { limits, pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { ecs } from './service.ts';

/** ListGateways: there are none. */
export const ListGateways = operation(ecs, 'ListGateways', {
  authorize: () => ({ action: 'ecs:ListGateways', resource: '*' }),
  command: (input) => {
    const names = input.names ?? [];
    if (names.length > limits.listedGatewayNames) {
      throw invalidParameter(`names cannot have more than ${limits.listedGatewayNames} elements.`);
    }
    names.forEach(checkedGatewayName);
    checkedEnums('status', input.status, gatewayStatuses);
    pageRequest('ListGateways', pageSizes.usual, input);
  },
  read: () => undefined,
  output: () => ({ gateways: [] }),
});
