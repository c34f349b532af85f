import { unreachable } from '#base';
import { clusterArn, defaultAccountId, serviceArn, type TaskSet } from '#model';
import type { Auditor } from '../audit/auditor.ts';
import { type ExternalPlan, maxSets } from '../plan/externals.ts';
import type { Entry } from '../plan/plan.ts';
import type { ServiceShape } from '../plan/services.ts';
import { region } from '../world/incarnation.ts';
import type { Client } from './client.ts';
import { definitionOf } from './requests.ts';

interface ExternalsDeps {
  readonly auditor: Pick<Auditor, 'promises' | 'replica'>;
  readonly subnets: readonly string[];
}

/** What a deployer of the user's own does to a service with task sets. */
export async function onExternal(
  operation: Entry<ExternalPlan>,
  shape: ServiceShape,
  user: Client,
  deps: ExternalsDeps,
): Promise<string> {
  const { name: service, cluster } = shape;
  const named = { cluster, service };
  switch (operation.do) {
    case 'create-external': {
      await create(operation, shape, user, deps);
      const taskSet = await createSet({ id: operation.id, tenths: 1000 }, shape, user, deps);
      await user.call('UpdateServicePrimaryTaskSet', { ...named, primaryTaskSet: taskSet });
      return `${service} created with ${taskSet}`;
    }
    case 'scale-external':
      await user.call('UpdateService', { ...named, desiredCount: operation.count });
      return `${service} scaled`;
    case 'delete-external':
      await user.call('DeleteService', { ...named, force: true });
      return `${service} deleted`;
    case 'create-set': {
      const { taskSets } = await user.call('DescribeTaskSets', named);
      if (taskSets.length >= maxSets) return `${service} has enough task sets`;
      return `${service} gets ${await createSet(operation, shape, user, deps)}`;
    }
    case 'scale-set':
    case 'primary-set':
    case 'delete-set': {
      const taskSet = picked(operation.pick, shape, deps);
      if (taskSet === undefined) return `${service} has no task set`;
      return await onSet(operation, { ...named, taskSet: taskSet.taskSetArn }, user);
    }
    default:
      return unreachable(operation);
  }
}

async function onSet(
  operation: Extract<ExternalPlan, { readonly pick: number }>,
  named: { readonly cluster: string; readonly service: string; readonly taskSet: string },
  user: Client,
): Promise<string> {
  const { cluster, service, taskSet } = named;
  switch (operation.do) {
    case 'scale-set':
      await user.call('UpdateTaskSet', { ...named, scale: scaleOf(operation.tenths) });
      return `${taskSet} scaled`;
    case 'primary-set':
      await user.call('UpdateServicePrimaryTaskSet', { cluster, service, primaryTaskSet: taskSet });
      return `${taskSet} is PRIMARY`;
    case 'delete-set':
      await user.call('DeleteTaskSet', { ...named, force: operation.force });
      return `${taskSet} deleted`;
    default:
      return unreachable(operation);
  }
}

async function create(
  { id, count }: { readonly id: string; readonly count: number },
  shape: ServiceShape,
  user: Client,
  { auditor }: ExternalsDeps,
): Promise<void> {
  const { name, cluster, minimumHealthyPercent, maximumPercent, placementStrategy } = shape;
  const answer = await user.call('CreateService', {
    cluster,
    serviceName: name,
    desiredCount: count,
    deploymentController: { type: 'EXTERNAL' },
    deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
    placementStrategy,
    clientToken: `token-${id}`,
  });
  auditor.promises.acknowledged('services', answer.service.serviceArn);
}

/** Gives the id of the set, of a definition of its own. */
async function createSet(
  { id, tenths }: { readonly id: string; readonly tenths: number },
  shape: ServiceShape,
  user: Client,
  { auditor, subnets }: ExternalsDeps,
): Promise<string> {
  const { name: service, cluster, launchType } = shape;
  const { taskDefinition } = await user.call('RegisterTaskDefinition', definitionOf(shape));
  const network = shape.networkMode === 'awsvpc' ? { networkConfiguration: { awsvpcConfiguration: { subnets } } } : {};
  const { taskSet } = await user.call('CreateTaskSet', {
    cluster,
    service,
    taskDefinition: taskDefinition.taskDefinitionArn,
    launchType,
    externalId: id,
    scale: scaleOf(tenths),
    clientToken: `set-${id}`,
    ...network,
  });
  auditor.promises.acknowledged('taskDefinitions', taskDefinition.taskDefinitionArn);
  return taskSet.id;
}

function scaleOf(tenths: number): object {
  return { value: tenths / 10, unit: 'PERCENT' };
}

function picked(pick: number, { cluster, name }: ServiceShape, { auditor }: ExternalsDeps): TaskSet | undefined {
  const scope = { accountId: defaultAccountId, region };
  const own = serviceArn(scope, cluster, name);
  const home = clusterArn(scope, cluster);
  const sets: TaskSet[] = [];
  for (const taskSet of auditor.replica.table('taskSets').values()) {
    if (taskSet.serviceArn === own && taskSet.clusterArn === home) sets.push(taskSet);
  }
  return sets[pick % Math.max(1, sets.length)];
}
