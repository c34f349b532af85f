import {
  parseEcsArn,
  type Scope,
  scopeKey,
  type TaskDefinition,
  type TaskDefinitionArn,
  taskDefinitionArn,
} from '#model';
import type { RoadsteadView } from '#store';
import { accountMismatch, clientError, invalidParameter, regionMismatch, unsupportedFeature } from '../errors.ts';

/** A task definition as a request names it. Without a revision it means the newest ACTIVE one. */
export interface TaskDefinitionReference {
  readonly family: string;
  readonly revision?: number;
}

const revisionPattern = /^[1-9]\d{0,8}$/;

/**
 * Reads `family`, `family:revision` or an ARN. Throws InvalidParameterException for an ARN of another account, region
 * or kind, and for a revision that is no positive number.
 */
export function parseTaskDefinitionReference(
  scope: Scope,
  text: string,
  type: 'task-definition' | 'daemon-task-definition' = 'task-definition',
): TaskDefinitionReference {
  const name = text.startsWith('arn:') ? nameInArn(scope, text, type) : text;
  const colon = name.lastIndexOf(':');
  if (colon < 0) return { family: name };
  const revision = name.slice(colon + 1);
  if (!revisionPattern.test(revision)) throw invalidParameter(`Invalid revision number. Number: ${revision}`);
  return { family: name.slice(0, colon), revision: Number(revision) };
}

function nameInArn(scope: Scope, arn: string, type: string): string {
  const parsed = parseEcsArn(arn);
  if (parsed === undefined || parsed.type !== type) {
    throw invalidParameter(`Invalid identifier: Unexpected ARN ${arn}`);
  }
  if (parsed.scope.accountId !== scope.accountId) throw accountMismatch();
  if (parsed.scope.region !== scope.region) throw regionMismatch();
  return parsed.path.join('/');
}

/** The definition a reference means; `undefined` when there is none, or no ACTIVE one for a family. */
export function findTaskDefinition(
  view: RoadsteadView,
  scope: Scope,
  reference: TaskDefinitionReference,
): TaskDefinition | undefined {
  if (reference.revision === undefined) return latestActive(view, scope, reference.family);
  return view.taskDefinitions.find(taskDefinitionArn(scope, reference.family, reference.revision));
}

/** Revisions looked at one by one, newest first, before the whole family is. */
const quickLookups = 16;

/** The ACTIVE revision with the highest number; `undefined` when the family has none. */
export function latestActive(view: RoadsteadView, scope: Scope, family: string): TaskDefinition | undefined {
  const key = familyKey(scope, family);
  const last = view.taskDefinitionFamilies.find(key)?.lastRevision ?? 0;
  for (let revision = last; revision > Math.max(0, last - quickLookups); revision--) {
    const definition = view.taskDefinitions.find(taskDefinitionArn(scope, family, revision));
    if (definition?.status === 'ACTIVE') return definition;
  }
  let newest: TaskDefinition | undefined;
  for (const definition of view.taskDefinitions.by('family', key)) {
    if (definition.status === 'ACTIVE' && definition.revision > (newest?.revision ?? 0)) newest = definition;
  }
  return newest;
}

/** The key of a family in its table and in the index of its revisions. */
export function familyKey(scope: Scope, family: string): string {
  return `${scopeKey(scope)}/${family}`;
}

/**
 * The ACTIVE definition that RunTask, StartTask, CreateService or UpdateService names. Throws ClientException
 * `TaskDefinition not found.` or `TaskDefinition is inactive` (observed), InvalidParameterException as
 * {@link parseTaskDefinitionReference} and for a blank name.
 */
export function resolveTaskDefinition(view: RoadsteadView, scope: Scope, text: string | undefined): TaskDefinition {
  if (text === undefined || text === '') throw invalidParameter('TaskDefinition can not be blank.');
  const definition = findTaskDefinition(view, scope, parseTaskDefinitionReference(scope, text));
  if (definition === undefined) throw clientError('TaskDefinition not found.');
  if (definition.status !== 'ACTIVE') throw clientError('TaskDefinition is inactive');
  refuseUnboundGpus(definition.containerDefinitions.flatMap(({ resourceRequirements }) => resourceRequirements ?? []));
  return definition;
}

/** Placement counts GPUs: all that an instance has, or a share of one, has no number. UnsupportedFeatureException. */
export function refuseUnboundGpus(
  requirements: readonly { readonly type?: string | undefined; readonly value?: string | undefined }[],
): void {
  if (requirements.every(({ type, value }) => type !== 'GPU' || /^\d+$/.test(value ?? ''))) return;
  throw unsupportedFeature(
    'GPU requirements of ALL and shared GPUs are not part of this version of Roadstead. Ask for a number of GPUs.',
  );
}

/** The resource that a policy must allow: the ARN named, or every revision of the family named. Never throws. */
export function taskDefinitionResource(scope: Scope, text: string | undefined): string {
  if (text === undefined || text === '') return '*';
  if (text.startsWith('arn:')) return text;
  const whole = text.includes(':') ? text : `${text}:*`;
  return `arn:aws:ecs:${scope.region}:${scope.accountId}:task-definition/${whole}`;
}

/** What DeleteTaskDefinitions makes of one item: the ARN it means, or `undefined` when it is not `family:revision`. */
export function revisionArnFrom(scope: Scope, text: string): TaskDefinitionArn | undefined {
  const parsed = text.startsWith('arn:') ? parseEcsArn(text) : undefined;
  if (text.startsWith('arn:') && parsed?.type !== 'task-definition') return undefined;
  const name = parsed?.path.join('/') ?? text;
  const match = /^([A-Za-z0-9_-]{1,255}):([1-9]\d{0,8})$/.exec(name);
  if (match?.[1] === undefined) return undefined;
  return taskDefinitionArn(parsed?.scope ?? scope, match[1], Number(match[2]));
}
