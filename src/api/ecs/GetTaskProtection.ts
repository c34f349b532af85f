import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { limits } from './limits.ts';
import { ecs } from './service.ts';
import {
  checkedTasks,
  type ProtectionAnswer,
  presentProtection,
  protectionFailure,
  taskResource,
} from './task/protection.ts';

/** GetTaskProtection: whether up to 100 tasks are protected from scale-in, and until when. */
export const GetTaskProtection = operation(ecs, 'GetTaskProtection', {
  authorize: (input, ctx) => ({
    action: 'ecs:GetTaskProtection',
    resource: taskResource(ctx, input.cluster, input.tasks),
  }),
  command: (input, ctx) => ({
    cluster: input.cluster,
    arns: checkedTasks(ctx, input.cluster, input.tasks, limits.describeItems),
  }),
  read: (view, { cluster, arns }, ctx): ProtectionAnswer => {
    resolveCluster(view, ctx.scope, cluster);
    const found = arns.map((arn) => ({ arn, task: view.tasks.find(arn) }));
    return {
      protectedTasks: found.flatMap(({ arn, task }) =>
        task !== undefined && protectionFailure(arn, task) === undefined ? [task] : [],
      ),
      failures: found.flatMap(({ arn, task }) => protectionFailure(arn, task) ?? []),
    };
  },
  output: ({ protectedTasks, failures }, ctx) => ({
    protectedTasks: protectedTasks.map((task) => presentProtection(task, ctx.now)),
    failures: [...failures],
  }),
});
