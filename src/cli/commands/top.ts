import type { RoadsteadContainerUsage, RoadsteadStatistic, RoadsteadTaskUsage } from '#wire/aws';
import type { ControlPlane } from '../control-plane.ts';
import { failureFrom } from '../failure.ts';
import type { CommandBody } from '../invocation.ts';
import { table } from '../output/table.ts';
import { findTarget } from '../targets.ts';
import { connect } from './account.ts';

export interface TopOptions {
  readonly cluster: string;
}

const askedAtOnce = 100;

/** `roadstead top [SERVICE|TASK]`: what running containers use, as their agents told it last. */
export const top: CommandBody<TopOptions> = async (invocation, [name], { cluster }) => {
  const controlPlane = await connect(invocation);
  const tasks = await readUsage(controlPlane, name, cluster).catch((error: unknown) => {
    throw failureFrom(`cannot read what ${name ?? `the tasks of ${cluster}`} use`, error);
  });
  return {
    report: {
      data: { tasks },
      items: tasks,
      lines: () => (tasks.length === 0 ? [nothingYet] : [...table(heads, tasks.flatMap(rows)), ...volumeLines(tasks)]),
      names: tasks.map(({ taskArn }) => taskArn),
    },
  };
};

const nothingYet = 'Nothing is known yet: agents tell what containers use every 20 seconds.';

async function readUsage(
  controlPlane: ControlPlane,
  name: string | undefined,
  inCluster: string,
): Promise<RoadsteadTaskUsage[]> {
  const target = name === undefined ? undefined : await findTarget(controlPlane, name, inCluster);
  const cluster = target?.cluster ?? inCluster;
  if (target?.kind === 'task') {
    return [...(await controlPlane.roadstead('DescribeUsage', { cluster, tasks: [target.task] })).tasks];
  }
  const of = target === undefined ? {} : { serviceName: target.service };
  const found: RoadsteadTaskUsage[] = [];
  let nextToken: string | undefined;
  do {
    const more = nextToken === undefined ? {} : { nextToken };
    const page = await controlPlane.ecs('ListTasks', { cluster, maxResults: askedAtOnce, ...of, ...more });
    const tasks = page.taskArns ?? [];
    if (tasks.length > 0) found.push(...(await controlPlane.roadstead('DescribeUsage', { cluster, tasks })).tasks);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

const heads = ['TASK', 'CONTAINER', 'CPU', 'MEMORY', 'RECEIVED', 'SENT', 'READ', 'WRITTEN', 'RESTARTS'];

function rows({ taskArn, containers }: RoadsteadTaskUsage): string[][] {
  return containers.map((container) => [taskArn.split('/').at(-1) ?? taskArn, container.name, ...cells(container)]);
}

/** A table of its own, where a task has managed EBS volumes. */
function volumeLines(tasks: readonly RoadsteadTaskUsage[]): readonly string[] {
  const found = tasks.flatMap(({ taskArn, volumes = [] }) =>
    volumes.map(({ name, volumeId, usedBytes, sizeBytes }) => {
      const part = sizeBytes > 0 ? `${((usedBytes / sizeBytes) * 100).toFixed(1)}%` : '-';
      return [taskArn.split('/').at(-1) ?? taskArn, name, volumeId, bytesText(usedBytes), bytesText(sizeBytes), part];
    }),
  );
  return found.length === 0 ? [] : ['', ...table(['TASK', 'VOLUME', 'ID', 'USED', 'SIZE', 'FULL'], found)];
}

function cells(usage: RoadsteadContainerUsage): string[] {
  return [
    // A unit is a 1024th of a processor, which people know as percent.
    shown(usage.cpuUnits, ({ average }) => `${((average / 1024) * 100).toFixed(1)}%`),
    shown(usage.memoryMiB, ({ average }) => `${average.toFixed(1)} MiB`),
    shown(usage.rxBytesPerSecond, ({ average }) => `${bytesText(average)}/s`),
    shown(usage.txBytesPerSecond, ({ average }) => `${bytesText(average)}/s`),
    shown(usage.readBytes, ({ sum }) => bytesText(sum)),
    shown(usage.writeBytes, ({ sum }) => bytesText(sum)),
    usage.restarts === undefined ? '-' : String(usage.restarts),
  ];
}

function shown(set: RoadsteadStatistic | undefined, text: (set: RoadsteadStatistic) => string): string {
  return set === undefined ? '-' : text(set);
}

/** `512 B`, `1.4 kB`, `3.0 MB`, decimal. */
function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${power === 0 ? Math.round(bytes) : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}
