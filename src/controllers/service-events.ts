import type { Ids, Instant } from '#base';
import type { Service } from '#model';
import type { RoadsteadTx } from '#store';
import { maxEventsPerService } from './limits.ts';

/** Adds to what DescribeServices tells of a service, in this order; the oldest beyond what is kept go. */
export function tellService(
  tx: RoadsteadTx,
  { serviceArn, accountId, region }: Pick<Service, 'serviceArn' | 'accountId' | 'region'>,
  messages: readonly string[],
  { now: createdAt, ids }: { readonly now: Instant; readonly ids: Pick<Ids, 'uuid'> },
): void {
  if (messages.length === 0) return;
  for (const message of messages) {
    tx.serviceEvents.put({ id: ids.uuid(), serviceArn, accountId, region, createdAt, message });
  }
  const surplus = tx.serviceEvents.count('service', serviceArn) - maxEventsPerService;
  if (surplus <= 0) return;
  const oldest = [...tx.serviceEvents.by('service', serviceArn)].slice(0, surplus);
  for (const { id } of oldest) tx.serviceEvents.delete(id);
}
