import { hostedZoneArn } from '#model';
import { operation } from '../operation.ts';
import { putChange } from './change.ts';
import { applyBatch } from './change-batch.ts';
import { invalidChangeBatch } from './errors.ts';
import { limits } from './limits.ts';
import { presentChange } from './present.ts';
import { recordSetFrom } from './record-set.ts';
import { route53 } from './service.ts';
import { getOwnZone, zoneIdFrom } from './zone.ts';

/** ChangeResourceRecordSets: the batch is carried out as a whole or not at all. */
export const ChangeResourceRecordSets = operation(route53, 'ChangeResourceRecordSets', {
  authorize: ({ HostedZoneId }) => ({
    action: 'route53:ChangeResourceRecordSets',
    resource: hostedZoneArn(zoneIdFrom(HostedZoneId)),
  }),
  command: ({ HostedZoneId, ChangeBatch }) => {
    const zoneId = zoneIdFrom(HostedZoneId);
    if (ChangeBatch.Changes.length > limits.changesPerBatch) {
      throw invalidChangeBatch([`Number of records limit of ${limits.changesPerBatch} exceeded.`]);
    }
    return {
      zoneId,
      comment: ChangeBatch.Comment,
      changes: ChangeBatch.Changes.map(({ Action, ResourceRecordSet }) => ({
        action: Action,
        set: recordSetFrom(zoneId, Action, ResourceRecordSet),
      })),
    };
  },
  apply: (tx, { zoneId, comment, changes }, ctx) => {
    applyBatch(tx, getOwnZone(tx, zoneId, ctx), changes);
    return putChange(tx, ctx, comment);
  },
  output: (change) => ({ ChangeInfo: presentChange(change, 'PENDING') }),
});
