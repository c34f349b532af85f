import type { Instant } from '#base';
import { isProtected, primaryDeployment, type Service, type Task, type TaskArn } from '#model';
import type { RoadsteadView } from '#store';
import type { OperationContext } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import { taskArnFrom } from '../references.ts';

/** What the protection operations answer for each task asked for, in that order. */
export interface ProtectionAnswer {
  readonly protectedTasks: readonly Task[];
  readonly failures: readonly ProtectionFailure[];
}

interface ProtectionFailure {
  readonly arn: TaskArn;
  readonly reason: 'MISSING' | 'TASK_NOT_VALID' | 'DEPLOYMENT_BLOCKED';
  readonly detail?: string;
}

/** What access is asked for: the task, if it is one. */
export function taskResource(
  ctx: OperationContext,
  cluster: string | undefined,
  tasks: readonly string[] | undefined,
): string {
  const [only, ...more] = tasks ?? [];
  return only === undefined || more.length > 0 ? '*' : taskArnFrom(ctx.scope, cluster, only);
}

/** The tasks that a call names, each once. */
export function checkedTasks(
  ctx: OperationContext,
  cluster: string | undefined,
  tasks: readonly string[] | undefined,
  most: number,
): readonly TaskArn[] {
  if (tasks === undefined || tasks.length === 0) throw invalidParameter('Tasks cannot be empty.');
  if (tasks.length > most) throw invalidParameter(`Tasks cannot have more than ${most} elements.`);
  return [...new Set(tasks.map((reference) => taskArnFrom(ctx.scope, cluster, reference)))];
}

/** Why a task has no protection to speak of; `undefined` when it can have one. */
export function protectionFailure(arn: TaskArn, task: Task | undefined): ProtectionFailure | undefined {
  if (task === undefined) return { arn, reason: 'MISSING' };
  if (task.serviceArn === undefined) {
    return { arn, reason: 'TASK_NOT_VALID', detail: 'Only tasks of a service can be protected.' };
  }
  if (task.desiredStatus === 'STOPPED') {
    return { arn, reason: 'TASK_NOT_VALID', detail: `The task is stopping or has stopped: it is ${task.lastStatus}.` };
  }
  return undefined;
}

/**
 * Whether more tasks are protected than the service wants, and a deployment waits for them: then no more may be.
 * Source: "Protect your Amazon ECS tasks from being terminated by scale-in events", task scale-in protection failures.
 */
export function isDeploymentBlocked(view: RoadsteadView, service: Service, now: Instant): boolean {
  if (service.deployments.length < 2 || primaryDeployment(service)?.rolloutState !== 'IN_PROGRESS') return false;
  if (view.tasks.count('protected', service.serviceArn) <= service.desiredCount) return false;
  let held = 0;
  for (const task of view.tasks.by('protected', service.serviceArn)) {
    if (task.desiredStatus === 'RUNNING' && isProtected(task, now)) held += 1;
  }
  return held > service.desiredCount;
}

/** A task's protection as the API shows it. */
export function presentProtection({ taskArn, protectedUntil }: Task, now: Instant) {
  const isOn = protectedUntil !== undefined && protectedUntil > now;
  return { taskArn, protectionEnabled: isOn, ...(isOn ? { expirationDate: protectedUntil } : {}) };
}
