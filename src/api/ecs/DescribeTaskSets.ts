import { operation } from '../operation.ts';
import { serviceArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { presentTaskSet } from './task-set/present.ts';
import { serviceWithTaskSets, taskSetArnFrom, taskSetsOf } from './task-set/resolve.ts';

/** DescribeTaskSets: those named, or all of the service; unknown ones are failures. */
export const DescribeTaskSets = operation(ecs, 'DescribeTaskSets', {
  authorize: (input, ctx) => {
    const service = serviceArnFrom(ctx.scope, input.cluster, input.service);
    const [first, ...others] = input.taskSets ?? [];
    const single = first !== undefined && others.length === 0;
    return {
      action: 'ecs:DescribeTaskSets',
      resource: single ? taskSetArnFrom(ctx.scope, service, first) : '*',
    };
  },
  command: ({ cluster, service, taskSets, include }) => ({
    cluster,
    service,
    references: taskSets ?? [],
    tags: include?.includes('TAGS') ?? false,
  }),
  read: (view, { references, tags, ...named }, ctx) => {
    const service = serviceWithTaskSets(view, ctx.scope, named);
    const all = taskSetsOf(view, service);
    const arns =
      references.length === 0
        ? all.map(({ taskSetArn }) => taskSetArn)
        : references.map((reference) => taskSetArnFrom(ctx.scope, service.serviceArn, reference));
    return { found: arns.map((arn) => ({ arn, taskSet: view.taskSets.find(arn) })), tags };
  },
  output: ({ found, tags }, ctx) => ({
    taskSets: found.flatMap(({ taskSet }) =>
      taskSet === undefined ? [] : [presentTaskSet(taskSet, ctx.totals, { tags })],
    ),
    failures: found.flatMap(({ arn, taskSet }) => (taskSet === undefined ? [{ arn, reason: 'MISSING' }] : [])),
  }),
});
