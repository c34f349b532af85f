import { hostedZoneArn, recordSetKey } from '#model';
import { operation } from '../operation.ts';
import { putChange } from './change.ts';
import { zoneNotEmpty } from './errors.ts';
import { presentChange } from './present.ts';
import { route53 } from './service.ts';
import { getOwnZone, zoneIdFrom } from './zone.ts';

/** DeleteHostedZone: one that has no record sets but those it was made with. */
export const DeleteHostedZone = operation(route53, 'DeleteHostedZone', {
  authorize: ({ Id }) => ({ action: 'route53:DeleteHostedZone', resource: hostedZoneArn(zoneIdFrom(Id)) }),
  command: ({ Id }) => zoneIdFrom(Id),
  apply: (tx, zoneId, ctx) => {
    const zone = getOwnZone(tx, zoneId, ctx);
    const sets = [...tx.resourceRecordSets.by('zone', zoneId)];
    const required = sets.filter(({ name, type }) => name === zone.name && (type === 'NS' || type === 'SOA'));
    if (required.length < sets.length) throw zoneNotEmpty();
    for (const set of sets) tx.resourceRecordSets.delete(recordSetKey(set));
    tx.hostedZones.delete(zoneId);
    return putChange(tx, ctx);
  },
  output: (change) => ({ ChangeInfo: presentChange(change, 'PENDING') }),
});
