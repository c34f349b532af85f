import type { Task } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { taskArnFrom, taskArnsFrom } from './references.ts';
import { ecs } from './service.ts';
import { presentTask } from './task/present.ts';

/** DescribeTasks: up to 100; unknown ones are failures. */
export const DescribeTasks = operation(ecs, 'DescribeTasks', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeTasks',
    resource: input.tasks.length === 1 ? taskArnFrom(ctx.scope, input.cluster, input.tasks[0] ?? '') : '*',
  }),
  command: (input, ctx) => {
    if (input.tasks.length === 0) throw invalidParameter('Tasks cannot be empty.');
    if (input.tasks.length > limits.describeItems) {
      throw invalidParameter(`Tasks cannot have more than ${limits.describeItems} elements.`);
    }
    return {
      cluster: input.cluster,
      arns: taskArnsFrom(ctx.scope, input.cluster, input.tasks),
      tags: input.include?.includes('TAGS') ?? false,
    };
  },
  read: (view, { cluster, arns, tags }, ctx) => {
    resolveCluster(view, ctx.scope, cluster);
    return { tags, found: arns.map((arn) => ({ arn, task: view.tasks.find(arn) })) };
  },
  output: ({ found, tags }, ctx) => ({
    tasks: found.flatMap(({ task }) => {
      if (task === undefined) return [];
      return [tags ? presentTask(task, { tags }) : ctx.shown.tasks.of(task, presentUntagged)];
    }),
    failures: found.flatMap(({ arn, task }) => (task === undefined ? [{ arn, reason: 'MISSING' }] : [])),
  }),
});

function presentUntagged(task: Task) {
  return presentTask(task, { tags: false });
}
