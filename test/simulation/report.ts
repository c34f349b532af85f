import { execFileSync } from 'node:child_process';
import { faultsText } from './plan/options.ts';
import type { Plan } from './plan/plan.ts';
import type { Outcome } from './simulation.ts';
import { elapsedText } from './world/event-log.ts';

/** Lines of the event log that a failure shows at most. */
const shownLines = 120;

/** One run in a line. */
export function summaryText({ options }: Plan, outcome: Outcome, wallSeconds: number): string {
  const { commits, events, faults, starts, snapshots, tornAppends, digest, settledAfterMs } = outcome;
  const hours = outcome.elapsedMs / 3_600_000;
  const settled = settledAfterMs === undefined ? '' : `, settled after ${Math.round(settledAfterMs / 1000)} s`;
  return (
    `seed ${options.seed}: ${hours.toFixed(2)} h of ${options.agents} agents in ${wallSeconds.toFixed(1)} s: ${commits} commits, ` +
    `${faults} faults, ${starts} starts, ${tornAppends} torn writes, ${snapshots} snapshots, ${events} events ${digest.slice(0, 16)}${settled}`
  );
}

/** Everything needed to see a failure again, and the shortest story of it that was found. */
export function failureText(
  failed: { readonly plan: Plan; readonly outcome: Outcome; readonly planted: string | undefined },
  least: { readonly plan: Plan; readonly outcome: Outcome; readonly runs: number },
): string {
  const { options } = failed.plan;
  const { violation } = failed.outcome;
  const all = failed.plan.hosts.length + failed.plan.operations.length + failed.plan.faults.length;
  const kept = [...least.plan.hosts, ...least.plan.operations, ...least.plan.faults];
  const command = replayCommand(failed.plan, failed.planted);
  return [
    `FAILED: ${violation?.invariant}`,
    `  ${violation?.message}`,
    `  seed ${options.seed}, commit ${commitId()}, at ${elapsedText(failed.outcome.elapsedMs)}`,
    `  again:   ${command}`,
    ...(kept.length === all ? [] : [`  smaller: ${command} --only ${kept.map(({ id }) => id).join(',')}`]),
    `  (${kept.length} of ${all} hosts, operations and faults are enough; found in ${least.runs} runs)`,
    `  there:   ${least.outcome.violation?.message} at ${elapsedText(least.outcome.elapsedMs)}`,
    'The events of the smaller run that are about it:',
    ...relevantLines(least.outcome).map((line) => `  ${line.slice(0, 400)}`),
  ].join('\n');
}

export function replayCommand({ options }: Plan, planted: string | undefined): string {
  const { seed, hours, agents, services, faults, balanced } = options;
  const bug = planted === undefined ? '' : ` --planted ${planted}`;
  return `npm run sim -- --seed ${seed} --hours ${hours} --agents ${agents} --services ${services} --faults ${faultsText(faults)}${balanced ? ' --balanced' : ''}${bug}`;
}

/** The faults, the operations, and what happened to the records in question. */
function relevantLines({ lines, violation }: Outcome): readonly string[] {
  const names = (violation?.about ?? [])
    .map((key) => key.slice(key.lastIndexOf('/') + 1))
    .filter((name) => name !== '');
  const relevant = lines.filter((line) => {
    return (
      /^\S+ (f\d+|o\d+|control plane( error)?|VIOLATION|simulation): /.test(line) ||
      names.some((name) => line.includes(name))
    );
  });
  const short = lines.length <= shownLines ? lines : relevant;
  return short.slice(-shownLines);
}

export function commitId(): string {
  try {
    const id = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
    const dirty = execFileSync('git', ['status', '--porcelain', 'src', 'test'], { encoding: 'utf8' }).trim() !== '';
    return dirty ? `${id} with changes` : id;
  } catch {
    return 'unknown';
  }
}
