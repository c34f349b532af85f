import { afterMs } from '#base';
import { type ClientToken, type ClusterArn, scopeKey, type Task } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import { canonicalText } from '../../canonical-text.ts';
import type { OperationContext } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import { limits } from '../limits.ts';

/** Checks a client token: up to `maxLength` printable ASCII characters. */
export function checkedClientToken(token: string | undefined, maxLength: number): string | undefined {
  if (token === undefined || token === '') return undefined;
  if (token.length > maxLength || !/^[\x21-\x7e]+$/.test(token)) {
    throw invalidParameter(`clientToken must be 1 to ${maxLength} characters in the ASCII range 33-126`);
  }
  return token;
}

const notAsked: ReadonlySet<string> = new Set(['clientToken']);

/** A text that is equal for equal requests; the token itself is left out. */
export function requestDigest(input: Readonly<Record<string, unknown>>): string {
  return canonicalText(input, notAsked);
}

/** The key under which RunTask remembers a token: it holds for one cluster. */
function tokenKey(clusterArn: ClusterArn, token: string): string {
  return `RunTask/${clusterArn}/${token}`;
}

/**
 * The tasks an earlier call with the same token made; `undefined` when there was none. ConflictException with their
 * ARNs when that call asked for something else.
 */
export function rememberedTasks(
  tx: RoadsteadTx,
  clusterArn: ClusterArn,
  call: { readonly token: string; readonly digest: string },
  ctx: OperationContext,
): Task[] | undefined {
  const token = tx.clientTokens.find(`${scopeKey(ctx.scope)}/${tokenKey(clusterArn, call.token)}`);
  if (token === undefined || token.expiresAt <= ctx.now) return undefined;
  if (token.requestDigest !== call.digest) {
    throw new ApiError('ConflictException', 'The clientToken was used before with other parameters.', {
      members: { resourceIds: token.resourceArns },
    });
  }
  return token.resourceArns.flatMap((arn) => tx.tasks.find(arn) ?? []);
}

export function rememberTasks(
  tx: RoadsteadTx,
  clusterArn: ClusterArn,
  call: { readonly token: string; readonly digest: string },
  tasks: readonly Task[],
  ctx: OperationContext,
): void {
  const record: ClientToken = {
    ...ctx.scope,
    token: tokenKey(clusterArn, call.token),
    requestDigest: call.digest,
    resourceArns: tasks.map((task) => task.taskArn),
    expiresAt: afterMs(ctx.now, limits.clientTokenTtlMs),
  };
  tx.clientTokens.put(record);
}
