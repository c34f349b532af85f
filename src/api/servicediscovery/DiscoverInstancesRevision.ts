import { operation } from '../operation.ts';
import { namedService } from './references.ts';
import { servicediscovery } from './service.ts';

/** DiscoverInstancesRevision: grows with each instance that comes, goes or has other attributes. */
export const DiscoverInstancesRevision = operation(servicediscovery, 'DiscoverInstancesRevision', {
  authorize: () => ({ action: 'servicediscovery:DiscoverInstancesRevision', resource: '*' }),
  command: (input) => input,
  read: (view, input, ctx) => namedService(view, ctx.scope, input).service.instancesRevision,
  output: (revision) => ({ InstancesRevision: revision }),
});
