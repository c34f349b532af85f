import { afterMs, type Instant } from '#base';
import type { Task } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { ecs } from './service.ts';
import {
  checkedTasks,
  isDeploymentBlocked,
  type ProtectionAnswer,
  presentProtection,
  protectionFailure,
  taskResource,
} from './task/protection.ts';

/**
 * UpdateTaskProtection: keeps scale-in and deployments from stopping up to ten tasks of services, for a time that
 * begins anew with each call, or lets them again. Tasks that cannot be protected are failures; the others are.
 */
export const UpdateTaskProtection = operation(ecs, 'UpdateTaskProtection', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateTaskProtection',
    resource: taskResource(ctx, input.cluster, input.tasks),
  }),
  command: (input, ctx) => {
    const minutes = checkedMinutes(input.expiresInMinutes);
    return {
      cluster: input.cluster,
      arns: checkedTasks(ctx, input.cluster, input.tasks, limits.updateTaskProtection),
      until: input.protectionEnabled ? afterMs(ctx.now, minutes * 60_000) : undefined,
    };
  },
  apply: (tx, { cluster, arns, until }, ctx): ProtectionAnswer => {
    resolveCluster(tx, ctx.scope, cluster);
    const protectedTasks: Task[] = [];
    const failures: ProtectionAnswer['failures'][number][] = [];
    for (const arn of arns) {
      const task = tx.tasks.find(arn);
      const failure = protectionFailure(arn, task);
      if (task?.serviceArn === undefined || failure !== undefined) {
        failures.push(failure ?? { arn, reason: 'MISSING' });
      } else if (until !== undefined && isDeploymentBlocked(tx, tx.services.get(task.serviceArn), ctx.now)) {
        const detail = 'More tasks are protected than the service wants, and a deployment waits for them.';
        failures.push({ arn, reason: 'DEPLOYMENT_BLOCKED', detail });
      } else {
        const after = withProtection(task, until);
        tx.tasks.put(after);
        protectedTasks.push(after);
      }
    }
    return { protectedTasks, failures };
  },
  output: ({ protectedTasks, failures }, ctx) => ({
    protectedTasks: protectedTasks.map((task) => presentProtection(task, ctx.now)),
    failures: [...failures],
  }),
});

function withProtection(task: Task, until: Instant | undefined): Task {
  if (until !== undefined) return { ...task, protectedUntil: until };
  const { protectedUntil: _, ...unprotected } = task;
  return unprotected;
}

function checkedMinutes(minutes: number | undefined): number {
  const { least, most, otherwise } = limits.protectionMinutes;
  if (minutes === undefined) return otherwise;
  if (Number.isInteger(minutes) && minutes >= least && minutes <= most) return minutes;
  throw invalidParameter(`expiresInMinutes must be a whole number from ${least} to ${most}, but was ${minutes}`);
}
