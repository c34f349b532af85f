import { requestStop } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter } from './errors.ts';
import { taskArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { presentTask } from './task/present.ts';

/** StopTask: asks the agent to stop the containers. A task that is stopping or stopped is given back as it is. */
export const StopTask = operation(ecs, 'StopTask', {
  authorize: (input, ctx) => ({ action: 'ecs:StopTask', resource: taskArnFrom(ctx.scope, input.cluster, input.task) }),
  command: (input, ctx) => ({
    cluster: input.cluster,
    arn: taskArnFrom(ctx.scope, input.cluster, input.task),
    reason: input.reason === undefined || input.reason === '' ? 'Task stopped by user' : input.reason,
    at: ctx.now,
  }),
  apply: (tx, { cluster, arn, reason, at }, ctx) => {
    const task = tx.tasks.find(arn);
    if (task === undefined) {
      resolveCluster(tx, ctx.scope, cluster);
      throw invalidParameter('The referenced task was not found.');
    }
    const stopped = requestStop(task, { stopCode: 'UserInitiated', reason, at });
    tx.tasks.put(stopped);
    return stopped;
  },
  output: (task) => ({ task: presentTask(task, { tags: true }) }),
});
