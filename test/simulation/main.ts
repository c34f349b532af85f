import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { hunt } from './planted/hunt.ts';
import { plantBug } from './planted/plant.ts';

const usage = `npm run sim -- [--seed N] [--seeds COUNT] [--hours H] [--agents A] [--services S] [--faults none|all|KIND[:RATE],…]
  --balanced         some services are behind a load balancer
  --log FILE         write the event log
  --only ID,…        leave only these hosts, operations and faults of the plan
  --planted NAME     with a bug put in; all: find every one of them
  --part K/N         with --planted all: only the Kth of N parts of them
  --shrink SECONDS   how long to make a failure smaller (default 60)
  --budget SECONDS   begin no further seed after this`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string', default: '1' },
    agents: { type: 'string', default: '24' },
    services: { type: 'string', default: '10' },
    faults: { type: 'string', default: 'all' },
    balanced: { type: 'boolean', default: false },
    log: { type: 'string' },
    only: { type: 'string' },
    planted: { type: 'string' },
    part: { type: 'string', default: '1/1' },
    shrink: { type: 'string', default: '60' },
    budget: { type: 'string', default: '1000000' },
    help: { type: 'boolean', default: false },
  },
});

/** A fresh one each time; printed, so that what it finds can be seen again. */
const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : Number(values.seed);

if (values.help) console.log(usage);
else if (values.planted === 'all') process.exitCode = (await hunt({ seed, part: values.part })) ? 0 : 1;
else {
  if (values.planted !== undefined) plantBug(values.planted);
  // Loaded only now: a planted bug is put in as the product's files are read.
  const { runSeeds } = await import('./run.ts');
  const ok = await runSeeds({
    seed,
    seeds: Number(values.seeds),
    hours: Number(values.hours),
    agents: Number(values.agents),
    services: Number(values.services),
    faults: values.faults,
    balanced: values.balanced,
    only: values.only === undefined ? undefined : new Set(values.only.split(',')),
    log: values.log,
    planted: values.planted,
    shrinkSeconds: Number(values.shrink),
    budgetSeconds: Number(values.budget),
  });
  if (!ok) process.exitCode = 1;
}
