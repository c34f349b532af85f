import { exitCodes } from './exit-codes.ts';
import type { InstallationPaths } from './installation.ts';
import type { OutputFormat, Report } from './output/report.ts';
import type { Steps } from './output/steps.ts';
import type { Style } from './output/style.ts';
import type { CommandLineDeps } from './ports.ts';

/** What every command understands. */
export interface CommonOptions {
  readonly output: OutputFormat;
  readonly debug: boolean;
  readonly paths: InstallationPaths;
  /** Whether `--data-dir` was on the command line. */
  readonly dataDirGiven: boolean;
}

/** One run of one command. */
export interface Invocation {
  readonly deps: CommandLineDeps;
  readonly common: CommonOptions;
  readonly steps: Steps;
  /** For standard error; the report brings its own for standard output. */
  readonly style: Style;
  /** For what is written to standard output before the end. */
  readonly outStyle: Style;
}

/** What a command leaves: something to print, and an exit code when it is not 0. */
export interface Outcome {
  readonly report?: Report;
  readonly exitCode?: number;
}

export type CommandBody<O = Readonly<Record<string, never>>> = (
  invocation: Invocation,
  args: readonly string[],
  options: O,
) => Promise<Outcome>;

/** How the user calls us for the same installation again. */
export function programName(common: Pick<CommonOptions, 'dataDirGiven' | 'paths'>): string {
  return common.dataDirGiven ? `./roadstead --data-dir ${common.paths.dataDir}` : './roadstead';
}

export const done: Outcome = { exitCode: exitCodes.ok };
