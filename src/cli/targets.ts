import type { Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { ControlPlane } from './control-plane.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';

/** What is asked for: one task, or all of a service. */
export type Target =
  | { readonly kind: 'task'; readonly cluster: string; readonly task: string }
  | { readonly kind: 'service'; readonly cluster: string; readonly service: string };

const arnPattern = /^arn:aws[a-z-]*:ecs:[^:]*:\d+:(task|service)\/([^/]+)\/([^/]+)$/;
const describedAtOnce = 100;

/** A task is an ARN or 32 hexadecimal digits; all else is a service, which must be there. */
export async function findTarget(
  controlPlane: Pick<ControlPlane, 'ecs'>,
  name: string,
  cluster: string,
): Promise<Target> {
  const [, kind, ofCluster, id] = arnPattern.exec(name) ?? [];
  if (kind === 'task' && ofCluster !== undefined) return { kind, cluster: ofCluster, task: name };
  if (/^[0-9a-f]{32}$/.test(name)) return { kind: 'task', cluster, task: name };
  const place =
    kind === 'service' && ofCluster !== undefined
      ? { cluster: ofCluster, service: id ?? '' }
      : { cluster, service: name };
  const { services } = await controlPlane.ecs('DescribeServices', {
    cluster: place.cluster,
    services: [place.service],
  });
  if (services?.some(({ status }) => status !== 'INACTIVE') !== true && (services ?? []).length === 0) {
    throw new Failure(`there is no service ${place.service} in the cluster ${place.cluster}`, {
      exitCode: exitCodes.notFound,
      next: 'roadstead status lists services; a task is named by its ARN or its id; --cluster names another cluster',
    });
  }
  return { kind: 'service', ...place };
}

/** The target's tasks that are still told of, stopped ones included. */
export async function tasksOf(controlPlane: Pick<ControlPlane, 'ecs'>, target: Target): Promise<readonly Task[]> {
  if (target.kind === 'task') {
    const { tasks } = await controlPlane.ecs('DescribeTasks', { cluster: target.cluster, tasks: [target.task] });
    if ((tasks ?? []).length > 0) return (tasks ?? []) as readonly Task[];
    throw new Failure(`there is no task ${target.task} in the cluster ${target.cluster}`, {
      exitCode: exitCodes.notFound,
      why: 'stopped tasks are forgotten after a while; their lines stay in their log group: aws logs tail GROUP',
    });
  }
  const arns: string[] = [];
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    let nextToken: string | undefined;
    do {
      const { cluster, service: serviceName } = target;
      const more = nextToken === undefined ? {} : { nextToken };
      const page = await controlPlane.ecs('ListTasks', { cluster, serviceName, desiredStatus, ...more });
      arns.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
  const tasks: Task[] = [];
  for (let at = 0; at < arns.length; at += describedAtOnce) {
    const some = arns.slice(at, at + describedAtOnce);
    const described = await controlPlane.ecs('DescribeTasks', { cluster: target.cluster, tasks: some });
    tasks.push(...((described.tasks ?? []) as readonly Task[]));
  }
  return tasks;
}

/** Task definitions, each asked for once. */
export function definitionReader(
  controlPlane: Pick<ControlPlane, 'ecs'>,
): (arn: string) => Promise<TaskDefinition | undefined> {
  const known = new Map<string, Promise<TaskDefinition | undefined>>();
  return (arn) => {
    const found =
      known.get(arn) ??
      controlPlane
        .ecs('DescribeTaskDefinition', { taskDefinition: arn })
        .then(({ taskDefinition }) => taskDefinition as TaskDefinition | undefined);
    known.set(arn, found);
    return found;
  };
}
