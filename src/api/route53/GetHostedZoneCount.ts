import { operation } from '../operation.ts';
import { anyResource, route53 } from './service.ts';
import { zonesOf } from './zone.ts';

/** GetHostedZoneCount: Cloud Map's are among them. */
export const GetHostedZoneCount = operation(route53, 'GetHostedZoneCount', {
  authorize: () => ({ action: 'route53:GetHostedZoneCount', resource: anyResource }),
  command: () => undefined,
  read: (view, _, { scope }) => zonesOf(view, scope.accountId).length,
  output: (count) => ({ HostedZoneCount: count }),
});
