import { hostedZoneArn } from '#model';
import { operation } from '../operation.ts';
import { route53 } from './service.ts';
import { presentTagSet, taggedZoneId } from './tagged.ts';
import { getZone } from './zone.ts';

/** ListTagsForResources: of up to ten hosted zones. */
export const ListTagsForResources = operation(route53, 'ListTagsForResources', {
  authorize: () => ({ action: 'route53:ListTagsForResources', resource: hostedZoneArn('*') }),
  command: ({ ResourceType, ResourceIds }) =>
    ResourceIds.map((ResourceId) => taggedZoneId({ ResourceType, ResourceId })),
  read: (view, zoneIds, ctx) => zoneIds.map((zoneId) => presentTagSet(zoneId, getZone(view, zoneId, ctx).tags)),
  output: (tagSets) => ({ ResourceTagSets: tagSets }),
});
