import { findProvider } from '#capacity';
import { parseEcsArn, type Scope, type Tag } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { accountMismatch, invalidParameter, regionMismatch } from '../errors.ts';

/** The resource types that carry tags, each with the table that holds them. */
const tables = {
  cluster: 'clusters',
  service: 'services',
  task: 'tasks',
  'task-definition': 'taskDefinitions',
  'container-instance': 'containerInstances',
  'daemon-task-definition': 'daemonTaskDefinitions',
  daemon: 'daemons',
  'capacity-provider': 'capacityProviders',
  'task-set': 'taskSets',
} as const;

type TaggedTable = (typeof tables)[keyof typeof tables];

/** Where a tagged resource lives: checked for form and ownership, not yet for existence. */
export interface TaggedResource {
  readonly table: TaggedTable;
  readonly arn: string;
}

/** Takes the `resourceArn` of a tag operation apart. InvalidParameterException for anything that carries no tags. */
export function taggedResource(scope: Scope, arn: string): TaggedResource {
  const parsed = parseEcsArn(arn);
  if (parsed === undefined || !Object.hasOwn(tables, parsed.type)) {
    throw invalidParameter(`The specified resource ARN is invalid: ${arn}`);
  }
  if (parsed.scope.accountId !== scope.accountId) throw accountMismatch();
  if (parsed.scope.region !== scope.region) throw regionMismatch();
  if (['service', 'task', 'container-instance'].includes(parsed.type) && parsed.path.length < 2) {
    throw invalidParameter('Long arn format must be used for tagging operations. Use the ARN that names the cluster.');
  }
  return { table: tables[parsed.type as keyof typeof tables], arn };
}

/** The tags of a resource; ResourceNotFoundException when there is none. */
export function tagsOf(view: RoadsteadView, resource: TaggedResource): readonly Tag[] {
  const record = recordOf(view, resource);
  if (record === undefined) {
    throw new ApiError('ResourceNotFoundException', `The specified resource could not be found: ${resource.arn}`);
  }
  return record.tags;
}

/** Refuses new tags for what is over: its tags went with it. Text by the one for inactive task definitions. */
export function requireTaggable(view: RoadsteadView, { table, arn }: TaggedResource): void {
  const record = table === 'taskDefinitions' || table === 'capacityProviders' ? undefined : view[table].find(arn);
  if (record === undefined) return;
  const over = 'lastStatus' in record ? record.lastStatus === 'STOPPED' : record.status === 'INACTIVE';
  if (!over) return;
  const type = Object.entries(tables)
    .find(([, each]) => each === table)?.[0]
    .replace('-', ' ');
  throw invalidParameter(`The specified ${type} is inactive. Specify an active ${type} and try again.`);
}

/** Providers that are always there have a record only once somebody tagged them. */
function recordOf(view: RoadsteadView, { table, arn }: TaggedResource): { readonly tags: readonly Tag[] } | undefined {
  return table === 'capacityProviders' ? findProvider(view, arn) : view[table].find(arn);
}

/** Replaces the tags of a resource that exists. */
export function putTags(tx: RoadsteadTx, resource: TaggedResource, tags: readonly Tag[]): void {
  switch (resource.table) {
    case 'clusters':
      return tx.clusters.put({ ...tx.clusters.get(resource.arn), tags });
    case 'services':
      return tx.services.put({ ...tx.services.get(resource.arn), tags });
    case 'tasks':
      return tx.tasks.put({ ...tx.tasks.get(resource.arn), tags });
    case 'taskDefinitions':
      return tx.taskDefinitions.put({ ...tx.taskDefinitions.get(resource.arn), tags });
    case 'daemonTaskDefinitions':
      return tx.daemonTaskDefinitions.put({ ...tx.daemonTaskDefinitions.get(resource.arn), tags });
    case 'daemons':
      return tx.daemons.put({ ...tx.daemons.get(resource.arn), tags });
    case 'capacityProviders': {
      const provider = findProvider(tx, resource.arn);
      return provider === undefined ? undefined : tx.capacityProviders.put({ ...provider, tags });
    }
    case 'taskSets':
      return tx.taskSets.put({ ...tx.taskSets.get(resource.arn), tags });
    case 'containerInstances':
      return tx.containerInstances.put({ ...tx.containerInstances.get(resource.arn), tags });
  }
}
