import { hostedZoneArn } from '#model';
import { operation } from '../operation.ts';
import { route53 } from './service.ts';
import { changedTags, taggedZoneId } from './tagged.ts';
import { getOwnZone } from './zone.ts';

/** ChangeTagsForResource: of hosted zones. */
export const ChangeTagsForResource = operation(route53, 'ChangeTagsForResource', {
  authorize: (input) => ({ action: 'route53:ChangeTagsForResource', resource: hostedZoneArn(taggedZoneId(input)) }),
  command: (input) => ({
    zoneId: taggedZoneId(input),
    added: input.AddTags ?? [],
    removed: input.RemoveTagKeys ?? [],
  }),
  apply: (tx, { zoneId, added, removed }, ctx) => {
    const zone = getOwnZone(tx, zoneId, ctx);
    tx.hostedZones.put({ ...zone, tags: changedTags(zone.tags, added, removed) });
  },
  output: () => ({}),
});
