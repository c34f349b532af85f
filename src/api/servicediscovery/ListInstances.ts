import { operation } from '../operation.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { presentInstanceSummary } from './present.ts';
import { getService, serviceResource } from './references.ts';
import { servicediscovery } from './service.ts';

const list = 'ListInstances';

/** ListInstances: oldest first. */
export const ListInstances = operation(servicediscovery, list, {
  authorize: ({ ServiceId }, ctx) => ({
    action: 'servicediscovery:ListInstances',
    resource: serviceResource(ServiceId, ctx),
  }),
  command: (input) => ({ id: input.ServiceId, page: pageRequest(list, input) }),
  read: (view, { id, page }, ctx) =>
    view.discoveryInstances.page('service', getService(view, ctx.scope, id).serviceId, page),
  output: ({ records, next }, ctx) => ({
    ResourceOwner: ctx.scope.accountId,
    Instances: records.map(presentInstanceSummary),
    ...nextTokenMember(list, next),
  }),
});
