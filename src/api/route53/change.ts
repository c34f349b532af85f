import type { DnsChange } from '#model';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../operation.ts';

/** Letters and digits of Route 53's ids. */
export const idCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Notes that something was changed, for GetChange. */
export function putChange(tx: RoadsteadTx, ctx: OperationContext, comment?: string): DnsChange {
  const change = {
    accountId: ctx.scope.accountId,
    changeId: `C${ctx.ids.from(idCharacters, 20)}`,
    ...(comment === undefined ? {} : { comment }),
    createdAt: ctx.now,
  };
  tx.dnsChanges.put(change);
  return change;
}
