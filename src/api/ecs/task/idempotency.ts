import { afterMs, elapsedMs, type Instant } from '#base';
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

/** What a call made, and what it could not make. */
export interface Launched {
  readonly tasks: readonly Task[];
  readonly failures: NonNullable<ClientToken['failures']>;
  /** True for the answer to an earlier call. */
  readonly repeated?: boolean;
}

/**
 * What an earlier call with the same token made; `undefined` when there was none, or it is forgotten: after 24 hours, or
 * an hour after the last of its tasks stopped. ConflictException with their ARNs when that call asked for something
 * else. Source: "Ensuring idempotency in Amazon ECS API requests".
 */
export function rememberedLaunch(
  tx: RoadsteadTx,
  clusterArn: ClusterArn,
  call: { readonly token: string; readonly digest: string },
  ctx: OperationContext,
): Launched | undefined {
  const token = tx.clientTokens.find(`${scopeKey(ctx.scope)}/${tokenKey(clusterArn, call.token)}`);
  if (token === undefined || token.expiresAt <= ctx.now) return undefined;
  const tasks = token.resourceArns.flatMap((arn) => tx.tasks.find(arn) ?? []);
  if (isForgotten(token, tasks, ctx.now)) return undefined;
  if (token.requestDigest !== call.digest) {
    throw new ApiError('ConflictException', 'The clientToken was used before with other parameters.', {
      members: { resourceIds: token.resourceArns },
    });
  }
  return { tasks, failures: token.failures ?? [], repeated: true };
}

/** Nothing of the call is left but tasks that stopped more than an hour ago; without tasks the call itself counts. */
function isForgotten(token: ClientToken, tasks: readonly Task[], now: Instant): boolean {
  const calledAt = afterMs(token.expiresAt, -limits.clientTokenTtlMs);
  const endings = token.resourceArns.length === 0 ? [calledAt] : tasks.map(({ stoppedAt }) => stoppedAt);
  return endings.every((at) => at !== undefined && elapsedMs(at, now) >= limits.clientTokenAfterTaskMs);
}

export function rememberLaunch(
  tx: RoadsteadTx,
  clusterArn: ClusterArn,
  call: { readonly token: string; readonly digest: string },
  { tasks, failures }: Launched,
  ctx: OperationContext,
): void {
  const record: ClientToken = {
    ...ctx.scope,
    token: tokenKey(clusterArn, call.token),
    requestDigest: call.digest,
    resourceArns: tasks.map((task) => task.taskArn),
    ...(failures.length === 0 ? {} : { failures: failures.slice(0, limits.rememberedFailures) }),
    expiresAt: afterMs(ctx.now, limits.clientTokenTtlMs),
  };
  tx.clientTokens.put(record);
}
