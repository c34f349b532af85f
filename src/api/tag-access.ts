import type { ApiCall } from './door.ts';
import type { AccessRequest, OperationContext } from './operation.ts';

/** What these start is not what they name: the tags are the tasks'. */
const launches: ReadonlySet<string> = new Set(['RunTask', 'StartTask']);

/**
 * Tagging authorization: who makes something with tags on it must be allowed to tag it too. Source: the account setting
 * tagResourceAuthorization, which is on for everybody, and "Grant permission to tag resources on creation".
 */
export function tagAccess(
  call: Pick<ApiCall, 'service' | 'operation' | 'input'>,
  access: AccessRequest,
  { scope }: Pick<OperationContext, 'scope'>,
): AccessRequest[] {
  if (call.service !== 'ecs' || call.operation === 'TagResource') return [];
  const { tags } = call.input as { readonly tags?: unknown };
  if (!Array.isArray(tags) || tags.length === 0) return [];
  const resource = launches.has(call.operation)
    ? `arn:aws:ecs:${scope.region}:${scope.accountId}:task/*`
    : access.resource;
  return [{ action: 'ecs:TagResource', resource }];
}
