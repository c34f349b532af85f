import { openSync, writeSync } from 'node:fs';
import { parseFaults } from './plan/options.ts';
import { drawPlan, type Plan } from './plan/plan.ts';
import { failureText, summaryText } from './report.ts';
import { shrink } from './shrink.ts';
import { type Outcome, Simulation, type SimulationSettings } from './simulation.ts';

export interface RunOptions {
  readonly seed: number;
  /** How many seeds, counting up, to run until one fails. */
  readonly seeds: number;
  readonly hours: number;
  readonly agents: number;
  readonly services: number;
  readonly balanced: boolean;
  readonly faults: string;
  /** Ids of what is to be left of the plan. */
  readonly only: ReadonlySet<string> | undefined;
  readonly log: string | undefined;
  readonly planted: string | undefined;
  readonly shrinkSeconds: number;
  /** Wall time after which no further seed is begun. */
  readonly budgetSeconds: number;
}

/** Runs seeds until one fails; gives whether all went well. */
export async function runSeeds(options: RunOptions): Promise<boolean> {
  const isOver = deadline(options.budgetSeconds);
  for (let seed = options.seed; seed < options.seed + options.seeds && !isOver(); seed++) {
    if (!(await runSeed({ ...options, seed }))) return false;
  }
  return true;
}

async function runSeed(options: RunOptions): Promise<boolean> {
  const { seed, hours, agents, services, balanced, planted, only } = options;
  const drawn = drawPlan({ seed, hours, agents, services, balanced, faults: parseFaults(options.faults, agents) });
  const plan = only === undefined ? drawn : keepOnly(drawn, only);
  const file = options.log === undefined ? undefined : openSync(options.log, 'w');
  const startedAt = process.hrtime.bigint();
  const outcome = await simulate(plan, file === undefined ? {} : { write: (text) => void writeSync(file, text) });
  console.log(summaryText(plan, outcome, Number(process.hrtime.bigint() - startedAt) / 1e9));
  const { violation } = outcome;
  if (violation === undefined) return true;
  console.log(`violated: ${violation.invariant} at ${Math.round(outcome.elapsedMs / 1000)} s`);
  const limit = { failedAtMs: outcome.elapsedMs, isOver: deadline(options.shrinkSeconds) };
  let least = outcome;
  const shrunk = await shrink(
    plan,
    async (smaller) => {
      const again = await simulate(smaller, {});
      if (again.violation?.invariant !== violation.invariant) return false;
      least = again;
      return true;
    },
    limit,
  );
  console.log(failureText({ plan, outcome, planted }, { ...shrunk, outcome: least }));
  return false;
}

/** One run; a promise that nobody waits for and that fails is a defect, as it would end the product's process. */
async function simulate(plan: Plan, settings: SimulationSettings): Promise<Outcome> {
  const simulation = new Simulation(plan, settings);
  const fail = (error: unknown): void => simulation.fail(error);
  process.on('unhandledRejection', fail);
  try {
    return await simulation.run();
  } finally {
    process.off('unhandledRejection', fail);
  }
}

function keepOnly(plan: Plan, only: ReadonlySet<string>): Plan {
  const kept = <T extends { readonly id: string }>(list: readonly T[]): T[] => list.filter(({ id }) => only.has(id));
  return { ...plan, hosts: kept(plan.hosts), operations: kept(plan.operations), faults: kept(plan.faults) };
}

function deadline(seconds: number): () => boolean {
  const until = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
  return () => process.hrtime.bigint() >= until;
}
