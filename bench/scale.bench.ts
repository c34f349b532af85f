import type { Benchmark, Options, Row } from './benchmark.ts';
import { processOptions } from './scale/control-plane-process.ts';
import { runScale } from './scale/run.ts';
import type { Phase } from './scale/stage.ts';

/** ECS's own quotas for one cluster: 5,000 container instances, 5,000 services, 5,000 tasks in one of them. */
const scale = { agents: 5_000, tasks: 100_000, services: 5_000, largeService: 5_000 };

/** The real process with thousands of simulated agents over real sockets. */
export const benchmark: Benchmark = {
  name: 'scale: 5,000 agents, 100,000 tasks, 5,000 services',
  options: processOptions,
  run,
};

const words: Readonly<Record<Phase['name'], string>> = {
  join: 'agents joined',
  fill: 'tasks to durable RUNNING',
  roll: 'tasks of one service rolled over',
  lose: 'tasks of lost agents replaced',
};

async function run(options: Options): Promise<Row[]> {
  return (await runScale(scale, options)).flatMap(rowsOf);
}

function rowsOf({ name, count, seconds, cpuSeconds, residentMiB, calls, turns }: Phase): Row[] {
  return [
    { what: `${name}: ${count} ${words[name]}`, value: seconds, unit: 's' },
    { what: `${name}: rate`, value: count / seconds, unit: '/s' },
    { what: `${name}: processor time of the control plane`, value: cpuSeconds, unit: 's' },
    { what: `${name}: list and describe meanwhile, p50`, value: calls.p50, unit: 'ms' },
    { what: `${name}: list and describe meanwhile, p99`, value: calls.p99, unit: 'ms' },
    { what: `${name}: list and describe meanwhile, longest`, value: calls.max, unit: 'ms' },
    { what: `${name}: turns of the event loop above 20 ms, its own work`, value: turns.ownStalls, unit: '' },
    { what: `${name}: turns above 20 ms, kept waiting by the machine`, value: turns.machineStalls, unit: '' },
    { what: `${name}: turns in all`, value: turns.count, unit: '' },
    { what: `${name}: longest computing in one turn so far`, value: turns.longestOwnMs, unit: 'ms' },
    { what: `${name}: longest kept waiting in one turn so far`, value: turns.longestMachineMs, unit: 'ms' },
    { what: `${name}: resident memory after it`, value: residentMiB, unit: 'MiB' },
  ];
}
