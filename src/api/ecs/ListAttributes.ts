import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { attributePosition, attributeToken, listAttributes } from './container-instance/attribute-listing.ts';
import { invalidParameter } from './errors.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** ListAttributes: every attribute of a cluster's instances, by name and by value. */
export const ListAttributes = operation(ecs, 'ListAttributes', {
  authorize: (input, ctx) => ({ action: 'ecs:ListAttributes', resource: clusterArnFrom(ctx.scope, input.cluster) }),
  command: ({ cluster, attributeName = '', attributeValue, maxResults, nextToken = '' }) => {
    if (attributeValue !== undefined && attributeName === '') {
      throw invalidParameter('attributeName must be specified when attributeValue is.');
    }
    return {
      cluster,
      listing: {
        limit: pageRequest('ListAttributes', pageSizes.usual, { maxResults }).limit,
        ...(attributeName === '' ? {} : { attributeName }),
        ...(attributeValue === undefined ? {} : { attributeValue }),
        ...(nextToken === '' ? {} : { after: attributePosition(nextToken) }),
      },
    };
  },
  read: (view, { cluster, listing }, ctx) =>
    listAttributes(view, resolveCluster(view, ctx.scope, cluster).clusterArn, listing),
  output: ({ attributes, next }) => ({
    attributes: [...attributes],
    ...(next === undefined ? {} : { nextToken: attributeToken(next) }),
  }),
});
