import { operation } from '../operation.ts';
import { presentService } from './present.ts';
import { getService, serviceResource } from './references.ts';
import { servicediscovery } from './service.ts';

/** GetService. */
export const GetService = operation(servicediscovery, 'GetService', {
  authorize: ({ Id }, ctx) => ({ action: 'servicediscovery:GetService', resource: serviceResource(Id, ctx) }),
  command: ({ Id }) => Id,
  read: (view, id, ctx) => presentService(view, getService(view, ctx.scope, id)),
  output: (service) => ({ Service: service }),
});
