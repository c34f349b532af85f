import { writeFileSync } from 'node:fs';
import type { Benchmark, Options, Row } from './benchmark.ts';
import { processOptions } from './scale/control-plane-process.ts';
import { type Plot, svgOf } from './scale/plot.ts';
import { joinAndFill } from './scale/run.ts';

/** An agent has two connections: with 10,000 a limit of 20,000 open files, which many machines have, is too low. */
const agentCounts = [1_000, 5_000, 9_500];
const taskCounts = [10_000, 100_000, 300_000];
/** What stands still while the other grows. */
const [usualAgents, usualTasks] = [5_000, 100_000];
/** Services grow with the tasks, to ECS's own quota for one cluster. */
const tasksPerService = 20;
const mostServices = 5_000;
/** Where the plot goes, e.g. `docs/growth.svg`; no plot without it. */
const plotFile = process.env['ROADSTEAD_BENCH_PLOT'];

/** How time and memory grow with tasks (and services), and with agents. */
export const benchmark: Benchmark = {
  name: 'growth: 10,000 to 300,000 tasks, 1,000 to 9,500 agents',
  options: processOptions,
  run,
};

interface Sample {
  readonly agents: number;
  readonly tasks: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly residentMiB: number;
}

async function run(options: Options): Promise<Row[]> {
  const sample = (agents: number, tasks: number) => sampleOf({ agents, tasks }, options);
  const usual = await sample(usualAgents, usualTasks);
  const byTasks: Sample[] = [];
  for (const tasks of taskCounts) byTasks.push(tasks === usualTasks ? usual : await sample(usualAgents, tasks));
  const byAgents: Sample[] = [];
  for (const agents of agentCounts) byAgents.push(agents === usualAgents ? usual : await sample(agents, usualTasks));
  if (plotFile !== undefined) {
    const growing = [
      ...plotsOf('tasks', byTasks, ({ tasks }) => tasks),
      ...plotsOf('agents', byAgents, ({ agents }) => agents),
    ];
    writeFileSync(plotFile, svgOf(growing));
  }
  return [...new Set([...byTasks, ...byAgents])].flatMap(rowsOf);
}

async function sampleOf(size: Pick<Sample, 'agents' | 'tasks'>, options: Options): Promise<Sample> {
  const services = servicesFor(size.tasks);
  const scale = { ...size, services, largeService: Math.ceil(size.tasks / services) };
  const phases = await joinAndFill(scale, options);
  const fill = phases.find(({ name }) => name === 'fill');
  if (fill === undefined) throw new Error('the tasks were not started');
  return { ...size, ...fill };
}

function servicesFor(tasks: number): number {
  return Math.min(mostServices, tasks / tasksPerService);
}

function rowsOf({ agents, tasks, seconds, cpuSeconds, residentMiB }: Sample): Row[] {
  const what = `${agents} agents, ${tasks} tasks, ${servicesFor(tasks)} services`;
  return [
    { what: `${what}: durable RUNNING`, value: tasks / seconds, unit: 'tasks/s' },
    { what: `${what}: processor time`, value: (cpuSeconds * 1e6) / tasks, unit: 'us a task' },
    { what: `${what}: resident memory`, value: residentMiB, unit: 'MiB' },
  ];
}

function plotsOf(x: 'tasks' | 'agents', samples: readonly Sample[], of: (sample: Sample) => number): Plot[] {
  const line = (label: string, y: (sample: Sample) => number) => ({
    label,
    points: samples.map((each) => [of(each), y(each)] as const),
  });
  const still = x === 'tasks' ? `${usualAgents / 1000}k agents` : `${usualTasks / 1000}k tasks`;
  return [
    {
      title: `Until all are durable RUNNING, ${still}`,
      x,
      y: 'seconds',
      lines: [line('time', ({ seconds }) => seconds), line('processor time', ({ cpuSeconds }) => cpuSeconds)],
    },
    {
      title: `Control plane's memory, ${still}`,
      x,
      y: 'MiB',
      lines: [line('resident', ({ residentMiB }) => residentMiB)],
    },
  ];
}
