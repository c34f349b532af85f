import { afterMs } from '#base';
import { type DiscoveryOperation, scopeKey } from '#model';
import type { RoadsteadTx } from '#store';
import { canonicalText } from '../canonical-text.ts';
import type { OperationContext } from '../operation.ts';
import { duplicateRequest } from './errors.ts';
import { limits } from './limits.ts';

/** One request that makes an operation: what it is called, its id for repeats, and all of it. */
export interface Request {
  readonly name: string;
  /** CreatorRequestId or UpdaterRequestId. */
  readonly id: string | undefined;
  readonly digest: string;
}

const requestIds: ReadonlySet<string> = new Set(['CreatorRequestId', 'UpdaterRequestId']);

export function requestOf(name: string, input: object): Request {
  const { CreatorRequestId, UpdaterRequestId } = input as { CreatorRequestId?: string; UpdaterRequestId?: string };
  return { name, id: CreatorRequestId ?? UpdaterRequestId, digest: canonicalText(input, requestIds) };
}

/**
 * The operation that this very request made before; `undefined` when it is new. DuplicateRequest when its id was used
 * for another one.
 */
export function repeated(tx: RoadsteadTx, request: Request, { scope, now }: OperationContext): string | undefined {
  if (request.id === undefined) return undefined;
  const token = tx.clientTokens.find(`${scopeKey(scope)}/${tokenOf(request)}`);
  const [operationId] = token?.resourceArns ?? [];
  if (token === undefined || operationId === undefined || token.expiresAt <= now) return undefined;
  if (token.requestDigest !== request.digest) throw duplicateRequest(operationId);
  return operationId;
}

/**
 * Stores the operation of a request that was carried out within this transaction, and gives its id. Clients ask what
 * became of it, since on AWS it takes a while.
 */
export function carriedOut(
  tx: RoadsteadTx,
  ctx: OperationContext,
  request: Request,
  facts: Pick<DiscoveryOperation, 'type' | 'targets' | 'errorCode' | 'errorMessage'>,
): string {
  const operationId = `${ctx.ids.from(base32, 32)}-${ctx.ids.from(base36, 8)}`;
  const status = facts.errorCode === undefined ? 'SUCCESS' : 'FAIL';
  tx.discoveryOperations.put({ ...ctx.scope, operationId, status, createdAt: ctx.now, ...facts });
  if (request.id !== undefined) {
    tx.clientTokens.put({
      ...ctx.scope,
      token: tokenOf(request),
      requestDigest: request.digest,
      resourceArns: [operationId],
      expiresAt: afterMs(ctx.now, limits.requestIdMs),
    });
  }
  return operationId;
}

function tokenOf({ name, id }: Request): string {
  return `servicediscovery/${name}/${id}`;
}

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
export const base36 = 'abcdefghijklmnopqrstuvwxyz0123456789';
