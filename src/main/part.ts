import { diskFiles } from '../cli/adapters/files.ts';
import { socketLocks } from '../cli/adapters/locks.ts';
import { systemProcesses } from '../cli/adapters/processes.ts';
import { failureFrom, failureLines } from '../cli/failure.ts';
import { type Part, runPart } from '../cli/serving.ts';
import { expectEnd, stopSignal } from './lifetime.ts';
import { runners } from './runners.ts';

/** Runs the server or the agent as this process's only task and leaves its exit code. */
export async function runPartAlone(part: Part): Promise<void> {
  const deps = {
    files: diskFiles(),
    processes: systemProcesses(),
    locks: socketLocks(),
    runners,
    signal: stopSignal(),
  };
  try {
    await runPart(part, deps);
  } catch (error) {
    const failure = failureFrom(`the ${part.role} failed`, error);
    process.stderr.write(`${failureLines(failure).join('\n')}\n`);
    process.exitCode = failure.exitCode;
  }
  expectEnd();
}
