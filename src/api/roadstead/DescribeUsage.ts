import { taskArn as arnOfTask, parseEcsArn } from '#model';
import { type ContainerUsage, measures, type StatisticSet, type TaskUsage } from '#telemetry';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { roadstead } from './service.ts';

const most = 100;

/**
 * DescribeUsage: what tasks use, as their agents told it last and over the last minutes. A task of which nothing is
 * known (not RUNNING long enough, its agent away or with metrics turned off) is left out. CPU is in units: 1024 are one
 * processor.
 */
export const DescribeUsage = operation(roadstead, 'DescribeUsage', {
  authorize: () => ({ action: 'roadstead:DescribeUsage', resource: '*' }),
  command: ({ cluster, tasks }, { scope }) => {
    if (tasks === undefined || tasks.length === 0 || tasks.length > most) {
      throw new ApiError('InvalidParameterException', `tasks should have between 1 and ${most} elements`);
    }
    const name = parseEcsArn(cluster ?? 'default')?.path[0] ?? cluster ?? 'default';
    return tasks.map((task) => (parseEcsArn(task) === undefined ? arnOfTask(scope, name, task) : task));
  },
  read: (view, arns, { usage, scope }) =>
    arns.flatMap((arn) => {
      const task = view.tasks.find(arn);
      const owner = task === undefined ? undefined : parseEcsArn(task.taskArn)?.scope;
      if (owner?.accountId !== scope.accountId || owner.region !== scope.region) return [];
      const latest = usage.latest(arn);
      return latest === undefined ? [] : [{ taskArn: arn, latest, minutes: usage.minutes(arn) }];
    }),
  output: (found) => ({
    tasks: found.map(({ taskArn, latest, minutes }) => ({
      taskArn,
      ...presentUsage(latest),
      ...(latest.volumes === undefined ? {} : { volumes: latest.volumes }),
      minutes: minutes.map(presentUsage),
    })),
  }),
});

function presentUsage({ at, containers }: TaskUsage) {
  return { at, containers: [...containers].map(([name, usage]) => ({ name, ...presentContainer(usage) })) };
}

function presentContainer(usage: ContainerUsage) {
  const known = measures.flatMap((measure) => {
    const set = usage[measure];
    return set === undefined ? [] : [[measure, presentSet(set)] as const];
  });
  return { ...Object.fromEntries(known), ...(usage.restarts === undefined ? {} : { restarts: usage.restarts }) };
}

function presentSet(set: StatisticSet) {
  return { ...set, average: set.sum / set.sampleCount };
}
