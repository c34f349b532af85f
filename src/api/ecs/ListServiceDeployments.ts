import type { ServiceDeployment } from '#model';
import { operation } from '../operation.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { invalidParameter } from './errors.ts';
import { pageSizes } from './limits.ts';
import { checkedPageSize } from './paging.ts';
import { serviceArnFrom } from './references.ts';
import { findService } from './service/resolve.ts';
import { ecs } from './service.ts';
import { presentServiceDeploymentBrief } from './service-deployment/present.ts';

const kind = 'ListServiceDeployments';

/** ListServiceDeployments: newest first. A page's token names the last one seen. */
export const ListServiceDeployments = operation(ecs, 'ListServiceDeployments', {
  authorize: (input, ctx) => ({
    action: 'ecs:ListServiceDeployments',
    resource: serviceArnFrom(ctx.scope, input.cluster, input.service),
  }),
  command: (input) => {
    const { before, after } = input.createdAt ?? {};
    const { status = [], nextToken = '' } = input;
    return {
      cluster: input.cluster,
      service: input.service,
      limit: checkedPageSize(pageSizes.serviceDeployments, input.maxResults),
      seen: nextToken === '' ? undefined : decodePageToken(kind, nextToken),
      isWanted: (record: ServiceDeployment): boolean =>
        (status.length === 0 || status.includes(record.status)) &&
        (before === undefined || record.createdAt < before) &&
        (after === undefined || record.createdAt > after),
    };
  },
  read: (view, { cluster, service, limit, seen, isWanted }, ctx) => {
    const { serviceArn } = findService(view, ctx.scope, cluster, service);
    const all = [...view.serviceDeployments.by('service', serviceArn)].reverse();
    const from = seen === undefined ? 0 : all.findIndex((record) => record.serviceDeploymentArn === seen) + 1;
    if (seen !== undefined && from === 0) throw invalidParameter('Invalid token.');
    const left = all.slice(from).filter(isWanted);
    return { records: left.slice(0, limit), more: left.length > limit };
  },
  output: ({ records, more }) => {
    const last = records.at(-1);
    return {
      serviceDeployments: records.map(presentServiceDeploymentBrief),
      ...(more && last !== undefined ? { nextToken: encodePageToken(kind, last.serviceDeploymentArn) } : {}),
    };
  },
});
