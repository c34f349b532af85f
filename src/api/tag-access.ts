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
  const { tags } = call.input as { readonly tags?: unknown };
  if (call.service === 'servicediscovery') return discoveryTagAccess(call, access);
  if (call.service === 'ec2') return ec2TagAccess(call.input);
  if (call.service === 'cloudwatch-logs') return logTagAccess(call.operation, tags, access);
  if (call.service !== 'ecs' || call.operation === 'TagResource') return [];
  if (!Array.isArray(tags) || tags.length === 0) return [];
  const resource = launches.has(call.operation)
    ? `arn:aws:ecs:${scope.region}:${scope.accountId}:task/*`
    : access.resource;
  return [{ action: 'ecs:TagResource', resource }];
}

/** The same for log groups. Source: CreateLogGroup, `tags`. */
function logTagAccess(operation: string, tags: unknown, { resource }: AccessRequest): AccessRequest[] {
  const hasTags = typeof tags === 'object' && tags !== null && Object.keys(tags).length > 0;
  return operation === 'CreateLogGroup' && hasTags ? [{ action: 'logs:TagResource', resource }] : [];
}

/** The same for namespaces and services of Cloud Map. */
function discoveryTagAccess(call: Pick<ApiCall, 'operation' | 'input'>, { resource }: AccessRequest): AccessRequest[] {
  const { Tags } = call.input as { readonly Tags?: readonly unknown[] };
  const creates = call.operation.startsWith('Create') && (Tags?.length ?? 0) > 0;
  return creates ? [{ action: 'servicediscovery:TagResource', resource }] : [];
}

/** The same for what EC2 makes. */
function ec2TagAccess(input: unknown): AccessRequest[] {
  const { TagSpecifications } = input as { readonly TagSpecifications?: readonly unknown[] };
  return (TagSpecifications?.length ?? 0) > 0 ? [{ action: 'ec2:CreateTags', resource: '*' }] : [];
}
