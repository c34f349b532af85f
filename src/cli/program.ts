import { Command, CommanderError, Option } from 'commander';
import type { Define, Definition } from './command-definition.ts';
import { defineEverydayCommands, defineFirstSteps, defineMaintenanceCommands } from './everyday-commands.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure, failureFrom, failureLines, Interrupted } from './failure.ts';
import { defaultDataDir, installationPaths } from './installation.ts';
import type { Invocation } from './invocation.ts';
import { formatReport, type OutputFormat, outputFormats } from './output/report.ts';
import { createSteps, type ProgressMode, progressModes } from './output/steps.ts';
import { type ColourChoice, createStyle, wantsColour } from './output/style.ts';
import type { CommandLineDeps } from './ports.ts';
import {
  defineAccountCommands,
  defineDnsCommands,
  defineServerCommands,
  defineSpotCommands,
} from './server-commands.ts';
import { defineStorageCommands } from './storage-commands.ts';
import { defineWatchingCommands } from './watching-commands.ts';

/** The options as commander leaves them. */
interface GlobalOptions {
  readonly output?: OutputFormat;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color: ColourChoice;
  readonly progress: ProgressMode;
  readonly debug?: boolean;
  readonly dataDir?: string;
}

/** Runs one command line (without the program's own name) and gives the exit code. Throws nothing. */
export async function runCommandLine(argv: readonly string[], deps: CommandLineDeps): Promise<number> {
  const run = { exitCode: exitCodes.ok as number };
  const program = createProgram(deps, run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return run.exitCode;
  } catch (error) {
    return report(error, program.opts<GlobalOptions>(), deps);
  }
}

function report(error: unknown, options: GlobalOptions, deps: CommandLineDeps): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (deps.signal.aborted || error instanceof Interrupted) {
    deps.terminal.writeError('interrupted\n');
    return exitCodes.interrupted;
  }
  const failure = failureFrom('the command failed', error);
  const style = errorStyle(options, deps);
  const [first = '', ...more] = failureLines(failure);
  deps.terminal.writeError(`${[style.bad(first), ...more].join('\n')}\n`);
  if (options.debug === true) {
    const cause = failure.cause instanceof Error ? failure.cause : error;
    deps.terminal.writeError(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
  }
  return failure.exitCode;
}

function errorStyle(options: GlobalOptions, deps: CommandLineDeps): Invocation['style'] {
  const colour = wantsColour(options.color ?? 'auto', deps.env, deps.terminal.errorIsTerminal);
  return createStyle({ colour, utf8: deps.machine.utf8 });
}

/** The whole command tree; commands load their code when they run. */
export function createProgram(deps: CommandLineDeps, run: { exitCode: number }): Command {
  const program = new Command('roadstead')
    .description('Amazon ECS outside Amazon: containers on your own machines, through the AWS APIs.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => deps.terminal.writeOut(text),
      writeErr: (text) => deps.terminal.writeError(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .helpCommand(true)
    .showHelpAfterError('(roadstead help shows all commands)')
    .addOption(new Option('-o, --output <format>', 'how results are printed').choices([...outputFormats]))
    .option('--json', 'the same as -o json')
    .option('-q, --quiet', 'print names only, the same as -o name')
    .addOption(
      new Option('--color <when>', 'colour in what is printed').choices(['auto', 'always', 'never']).default('auto'),
    )
    .addOption(new Option('--progress <mode>', 'how progress is shown').choices([...progressModes]).default('auto'))
    .option('--data-dir <dir>', 'the installation to use', (value: string) => value.replace(/(.)\/+$/, '$1'))
    .option('--debug', 'show the exchange with the control plane, secrets masked');
  const defineHere: Define = (parent, definition) => define(parent, { deps, run }, definition);
  defineEverydayCommands(program, defineHere);
  defineWatchingCommands(program, defineHere);
  defineFirstSteps(program, defineHere);
  defineAccountCommands(program, defineHere);
  defineSpotCommands(program, defineHere);
  defineDnsCommands(program, defineHere);
  defineStorageCommands(program, defineHere);
  defineMaintenanceCommands(program, defineHere);
  defineServerCommands(program, defineHere);
  return program;
}

interface Site {
  readonly deps: CommandLineDeps;
  readonly run: { exitCode: number };
}

function define<O>(parent: Command, site: Site, definition: Definition<O>): void {
  const command = parent.command(definition.name).description(definition.summary);
  definition.configure?.(command);
  const examples = definition.examples.map((example) => `  $ ${example}`).join('\n');
  command.addHelpText('after', `\nExamples:\n${examples}`);
  command.action(async (...given: unknown[]) => {
    const args = given
      .slice(0, -2)
      .flat()
      .filter((value) => typeof value === 'string');
    const invocation = createInvocation(command.optsWithGlobals<GlobalOptions>(), site.deps);
    const body = await definition.load();
    const outcome = await body(invocation, args, command.opts() as O);
    if (outcome.report !== undefined) {
      const { common, outStyle } = invocation;
      site.deps.terminal.writeOut(await formatReport(outcome.report, common.output, outStyle));
    }
    site.run.exitCode = outcome.exitCode ?? exitCodes.ok;
  });
}

function createInvocation(options: GlobalOptions, deps: CommandLineDeps): Invocation {
  const dataDir = options.dataDir ?? defaultDataDir(deps.env, deps.machine);
  if (!dataDir.startsWith('/')) {
    throw new Failure(`the data directory must be an absolute path, not ${dataDir}`, { exitCode: exitCodes.usage });
  }
  const style = errorStyle(options, deps);
  const mode = options.progress === 'auto' ? (liveProgress(deps) ? 'tty' : 'plain') : options.progress;
  return {
    deps,
    common: {
      output: options.json === true ? 'json' : options.quiet === true ? 'name' : (options.output ?? 'table'),
      debug: options.debug === true,
      paths: installationPaths(dataDir),
      dataDirGiven: options.dataDir !== undefined,
    },
    steps: createSteps({ mode, style }, { clock: deps.clock, write: (text) => deps.terminal.writeError(text) }),
    style,
    outStyle: outputStyle(options, deps),
  };
}

function outputStyle(options: GlobalOptions, { env, terminal, machine }: CommandLineDeps): Invocation['style'] {
  return createStyle({ colour: wantsColour(options.color, env, terminal.outIsTerminal), utf8: machine.utf8 });
}

function liveProgress({ terminal, env }: CommandLineDeps): boolean {
  return terminal.errorIsTerminal && env['TERM'] !== 'dumb' && env['CI'] === undefined;
}
