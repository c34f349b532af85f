import type { Benchmark, Options, Row } from './benchmark.ts';
import { processOptions } from './scale/control-plane-process.ts';
import { type RollOver, runRollOvers } from './scale/run.ts';

const agents = 1_000;
/** Tasks of the services that are rolled over; the last is ECS's own quota. */
const sizes = [1_250, 2_500, 5_000];

/**
 * What rolling a service over costs the control plane, and how that grows with the service: in proportion, or else each
 * change of a task looks at the others. The real process with simulated agents over real sockets.
 */
export const benchmark: Benchmark = {
  name: 'roll-over: services of 1,250 to 5,000 tasks, 1,000 agents',
  options: processOptions,
  run,
};

async function run(options: Options): Promise<Row[]> {
  const rolled = await runRollOvers({ agents, sizes }, options);
  return [...rolled.flatMap(rowsOf), ...growthOf(rolled)];
}

function rowsOf(phase: RollOver): Row[] {
  const what = `${phase.count} tasks rolled over`;
  return [
    { what: `${what}: rate`, value: phase.count / phase.seconds, unit: '/s' },
    { what: `${what}: processor time of the control plane`, value: phase.cpuSeconds, unit: 's' },
    { what: `${what}: processor time`, value: costOf(phase), unit: 'us a change' },
    { what: `${what}: turns above 20 ms, its own work`, value: phase.turns.ownStalls, unit: '' },
  ];
}

/**
 * 1 is linear. What does not grow with the service, above all waiting until its tasks count as healthy, makes small
 * services look dear; between two sizes it is not counted.
 */
function growthOf(rolled: readonly RollOver[]): Row[] {
  const [small, middle, large] = rolled;
  if (small === undefined || middle === undefined || large === undefined) return [];
  const further = (from: RollOver, to: RollOver): number =>
    (to.cpuSeconds - from.cpuSeconds) / (to.changes - from.changes);
  const unit = 'times the processor time';
  return [
    {
      what: `a change of ${large.count} tasks beside one of ${small.count}`,
      value: costOf(large) / costOf(small),
      unit,
    },
    {
      what: `a further one above ${middle.count} tasks beside one above ${small.count}`,
      value: further(middle, large) / further(small, middle),
      unit,
    },
  ];
}

/** Processor time of the control plane for a change of a task, us. */
function costOf({ cpuSeconds, changes }: RollOver): number {
  return (cpuSeconds * 1e6) / changes;
}
