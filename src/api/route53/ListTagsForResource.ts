import { hostedZoneArn } from '#model';
import { operation } from '../operation.ts';
import { route53 } from './service.ts';
import { presentTagSet, taggedZoneId } from './tagged.ts';
import { getZone } from './zone.ts';

/** ListTagsForResource: of a hosted zone. */
export const ListTagsForResource = operation(route53, 'ListTagsForResource', {
  authorize: (input) => ({ action: 'route53:ListTagsForResource', resource: hostedZoneArn(taggedZoneId(input)) }),
  command: (input) => taggedZoneId(input),
  read: (view, zoneId, ctx) => presentTagSet(zoneId, getZone(view, zoneId, ctx).tags),
  output: (tagSet) => ({ ResourceTagSet: tagSet }),
});
