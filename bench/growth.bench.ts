import { writeFileSync } from 'node:fs';
import type { Benchmark, Row } from './benchmark.ts';
import { type Plot, svgOf } from './scale/plot.ts';
import { joinAndFill } from './scale/run.ts';

const agentCounts = [1_000, 5_000, 10_000];
const taskCounts = [10_000, 100_000, 300_000];
/** Tasks of one service. */
const tasksPerService = 20;
/** Where the plot goes, e.g. `docs/growth.svg`; no plot without it. */
const plotFile = process.env['ROADSTEAD_BENCH_PLOT'];

/** How time and memory grow with agents, tasks and services. */
export const benchmark: Benchmark = { name: 'growth: 1,000 to 10,000 agents, 10,000 to 300,000 tasks', run };

interface Sample {
  readonly agents: number;
  readonly tasks: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly residentMiB: number;
}

async function run(): Promise<Row[]> {
  const samples: Sample[] = [];
  for (const agents of agentCounts) {
    for (const tasks of taskCounts) {
      const phases = await joinAndFill({
        agents,
        tasks,
        services: tasks / tasksPerService,
        largeService: tasksPerService,
      });
      const fill = phases.find(({ name }) => name === 'fill');
      if (fill !== undefined) samples.push({ agents, tasks, ...fill });
    }
  }
  if (plotFile !== undefined) writeFileSync(plotFile, svgOf(plotsOf(samples)));
  return samples.flatMap(rowsOf);
}

function rowsOf({ agents, tasks, seconds, cpuSeconds, residentMiB }: Sample): Row[] {
  const what = `${agents} agents, ${tasks} tasks, ${tasks / tasksPerService} services`;
  return [
    { what: `${what}: durable RUNNING`, value: tasks / seconds, unit: 'tasks/s' },
    { what: `${what}: processor time`, value: (cpuSeconds * 1e6) / tasks, unit: 'us a task' },
    { what: `${what}: resident memory`, value: residentMiB, unit: 'MiB' },
  ];
}

function plotsOf(samples: readonly Sample[]): Plot[] {
  const lines = (y: (sample: Sample) => number) =>
    agentCounts.map((agents) => ({
      label: `${agents.toLocaleString('en')} agents`,
      points: samples.filter((sample) => sample.agents === agents).map((sample) => [sample.tasks, y(sample)] as const),
    }));
  return [
    { title: 'All tasks durable RUNNING', x: 'tasks', y: 'seconds', lines: lines(({ seconds }) => seconds) },
    { title: 'Processor time', x: 'tasks', y: 'seconds', lines: lines(({ cpuSeconds }) => cpuSeconds) },
    { title: 'Resident memory', x: 'tasks', y: 'MiB', lines: lines(({ residentMiB }) => residentMiB) },
  ];
}
