import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { plantedBugs } from './planted.ts';
import { isSandboxed, runSandboxed } from './sandbox.ts';

const usage = `npm run churn -- [--seed N] [--rounds COUNT] [--tasks COUNT]
  --budget SECONDS   begin no further round after this
  --patience SECONDS how long all may take to be steady again after a round (150)
  --planted NAME     with a bug put in: ${plantedBugs.map(({ name }) => name).join(', ')}`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string', default: '100' },
    tasks: { type: 'string', default: '50' },
    budget: { type: 'string', default: '1000000' },
    patience: { type: 'string', default: '150' },
    planted: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else if (!isSandboxed()) process.exitCode = await runSandboxed();
else {
  const { churn } = await import('./run.ts');
  const { plantedEnvironment } = await import('./planted.ts');
  const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : Number(values.seed);
  console.log(`seed ${seed}`);
  const whole = await churn({
    seed,
    rounds: Number(values.rounds),
    tasks: Number(values.tasks),
    budgetSeconds: Number(values.budget),
    patienceSeconds: Number(values.patience),
    env: values.planted === undefined ? {} : plantedEnvironment(values.planted),
  });
  if (!whole) process.exitCode = 1;
}
