import { clusterArn, defaultAccountId } from '#model';
import type { Auditor } from '../audit/auditor.ts';
import type { OperationPlan } from '../plan/operations.ts';
import type { Entry } from '../plan/plan.ts';
import type { ServiceShape } from '../plan/services.ts';
import type { Host } from '../world/host.ts';
import { region } from '../world/incarnation.ts';
import type { Client } from './client.ts';

/** A task on the host of somebody's choice, where no scheduler looks. */
export async function startTask(
  id: string,
  host: Host | undefined,
  user: Client,
  { promises }: Pick<Auditor, 'promises'>,
): Promise<string> {
  const arn = host?.agent.containerInstanceArn;
  if (host === undefined || arn === undefined || host.plan.launchType === 'FARGATE') return 'there is no such host';
  const input = { cluster: host.plan.cluster, taskDefinition: 'job', containerInstances: [arn], startedBy: id };
  const { tasks, failures } = await user.call('StartTask', input, 1);
  for (const { taskArn } of tasks) promises.acknowledged('tasks', taskArn);
  return `${tasks.length} tasks on ${arn}${failures.map(({ reason }: { reason: string }) => `, ${reason}`).join('')}`;
}

/** Somebody protects a few tasks of a service from scale-in, or no longer. */
export async function protectTasks(
  { cluster, pick, minutes }: Extract<OperationPlan, { readonly do: 'protect-tasks' }>,
  user: Client,
  { replica }: Pick<Auditor, 'replica'>,
): Promise<string> {
  const own = clusterArn({ accountId: defaultAccountId, region }, cluster);
  const wanted = [...replica.table('tasks').values()].filter(
    (task) => task.clusterArn === own && task.serviceArn !== undefined && task.desiredStatus === 'RUNNING',
  );
  const from = wanted.length === 0 ? 0 : pick % wanted.length;
  const tasks = wanted.slice(from, from + 1 + (pick % 4)).map(({ taskArn }) => taskArn);
  if (tasks.length === 0) return 'there is no task';
  const wish =
    minutes === undefined ? { protectionEnabled: false } : { protectionEnabled: true, expiresInMinutes: minutes };
  const { protectedTasks, failures } = await user.call('UpdateTaskProtection', { cluster, tasks, ...wish });
  return `${protectedTasks.length} tasks, ${failures.length} failures`;
}

/** Older revisions of a family are deregistered and deleted, whatever still runs of them. */
export async function retireDefinitions(familyPrefix: string, user: Client): Promise<string> {
  const { taskDefinitionArns } = await user.call('ListTaskDefinitions', { familyPrefix, sort: 'DESC' });
  const older: string[] = taskDefinitionArns.slice(1, 11);
  for (const taskDefinition of older) await user.call('DeregisterTaskDefinition', { taskDefinition });
  if (older.length > 0) await user.call('DeleteTaskDefinitions', { taskDefinitions: older });
  return `${older.length} revisions of ${familyPrefix} are to go`;
}

/** A cluster of its own comes and goes; one that is in use is to refuse. */
export async function deleteCluster(
  { id, cluster }: Extract<Entry<OperationPlan>, { readonly do: 'delete-cluster' }>,
  user: Client,
  { promises }: Pick<Auditor, 'promises'>,
): Promise<string> {
  const made = await user.call('CreateCluster', { clusterName: id });
  promises.acknowledged('clusters', made.cluster.clusterArn);
  await user.call('DeleteCluster', { cluster: id });
  const { clusters } = await user.call('DescribeClusters', { clusters: [cluster] });
  const [{ registeredContainerInstancesCount: hosts, activeServicesCount: services, status }] = clusters;
  // An empty one would be gone for good, and everything after it refused.
  if (status !== 'ACTIVE' || hosts + services === 0) return `${id} came and went`;
  await user.call('DeleteCluster', { cluster });
  return `${cluster} is deleted`;
}

/** Somebody answers the first pause of the service's release that waits. */
export async function answerHook(action: string, shape: ServiceShape, user: Client): Promise<string> {
  const { cluster, name: service } = shape;
  const { services } = await user.call('DescribeServices', { cluster, services: [service] });
  const serviceDeploymentArn: string | undefined = services[0]?.currentServiceDeployment;
  if (serviceDeploymentArn === undefined) return 'there is no service deployment';
  const { serviceDeployments } = await user.call('DescribeServiceDeployments', {
    serviceDeploymentArns: [serviceDeploymentArn],
  });
  const details: readonly { readonly hookId: string; readonly status: string }[] =
    serviceDeployments[0]?.lifecycleHookDetails ?? [];
  const waiting = details.find(({ status }) => status === 'AWAITING_ACTION');
  if (waiting === undefined) return 'no hook waits';
  await user.call('ContinueServiceDeployment', { serviceDeploymentArn, hookId: waiting.hookId, action });
  return `${waiting.hookId} gets ${action}`;
}
