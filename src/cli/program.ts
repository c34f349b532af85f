import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Definition } from './command-definition.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure, failureFrom, failureLines, Interrupted } from './failure.ts';
import { defaultDataDir, installationPaths } from './installation.ts';
import type { Invocation } from './invocation.ts';
import { formatReport, type OutputFormat, outputFormats } from './output/report.ts';
import { createSteps, type ProgressMode, progressModes } from './output/steps.ts';
import { type ColourChoice, createStyle, wantsColour } from './output/style.ts';
import { parseTime } from './output/times.ts';
import type { CommandLineDeps } from './ports.ts';
import { defineStorageCommands } from './storage-commands.ts';

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
  defineEverydayCommands(program, { deps, run });
  defineServerCommands(program, { deps, run });
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

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 65_535) throw new InvalidArgumentError('A port is 1 to 65535.');
  return value;
}

function count(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > most) throw new InvalidArgumentError(`A number is 0 to ${most}.`);
    return value;
  };
}

/** More than anybody wants to keep in memory. */
const maxEventsKept = 100_000;

function seconds(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > maxSeconds) {
      throw new InvalidArgumentError(`A time is ${least} to ${maxSeconds} seconds.`);
    }
    return value;
  };
}

/** `90s`, `10m`, `2h`, `1d`, or a time as `2026-11-22T10:00:00Z`. */
function since(text: string): { readonly atMs: number } | { readonly agoMs: number } {
  const [, digits, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (digits !== undefined) {
    const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 's' | 'm' | 'h' | 'd'];
    return { agoMs: Number(digits) * unitMs };
  }
  const atMs = parseTime(text);
  if (atMs === undefined) throw new InvalidArgumentError('A time is 90s, 10m, 2h, 1d or 2026-11-22T10:00:00Z.');
  return { atMs };
}

/** Gathers `name=count` of every `--quota`; which names there are is known where the server starts. */
function quota(text: string, others: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name, count] = /^([a-zA-Z]+)=(\d{1,9})$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('A quota is a name and a count: tagsPerResource=100.');
  return { ...others, [name]: Number(count) };
}

/** A day. */
const maxSeconds = 86_400;

function listenOptions(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <port>', 'port to listen on (default: 4566)', port)
    .option('--region <region>', 'region that ARNs name (default: us-east-1)')
    .option('--healthy-after <s>', 'running this long is healthy where nothing checks it (default: 5)', seconds(0))
    .option(
      '--events-kept <n>',
      'how many ECS events are kept, newest; 0 for none (default: 1000)',
      count(maxEventsKept),
    )
    .addOption(
      new Option('--throttle <when>', "AWS's request rates per account (default: off on loopback, else on)").choices([
        'on',
        'off',
      ]),
    )
    .option('--quota <name=count>', "a quota other than AWS's; may be repeated", quota)
    .addOption(
      new Option('--metrics <readers>', 'who may read /metrics: this machine, all who reach the port, nobody')
        .choices(['local', 'any', 'none'])
        .default('local'),
    )
    .addOption(logLevelOption());
}

function logLevelOption(): Option {
  return new Option('--log-level <level>', 'least severe log lines to write')
    .choices(['debug', 'info', 'warn', 'error'])
    .default('info');
}

function defineEverydayCommands(program: Command, site: Site): void {
  define(program, site, {
    name: 'up',
    summary: 'start Roadstead on this machine, in the background',
    examples: ['roadstead up', 'roadstead up --port 4600 --data-dir /srv/roadstead'],
    configure: (command) =>
      listenOptions(command)
        .option('--no-node', 'do not run tasks on this machine: start the control plane alone')
        .option('--foreground', 'stay in the foreground, logs on standard error'),
    load: async () => (await import('./commands/up.ts')).up,
  });
  define(program, site, {
    name: 'down',
    summary: 'stop Roadstead; tasks keep running unless --tasks is given',
    examples: ['roadstead down', 'roadstead down --tasks'],
    configure: (command) =>
      command.option('--tasks', 'stop the tasks of this machine too and leave nothing of Roadstead behind on it'),
    load: async () => (await import('./commands/down.ts')).down,
  });
  define(program, site, {
    name: 'status',
    summary: 'show hosts, services, deployments and recent events',
    examples: ['roadstead status', 'roadstead status -o json | jq .counts'],
    load: async () => (await import('./commands/status.ts')).status,
  });
  defineWatchingCommands(program, site);
  define(program, site, {
    name: 'env',
    summary: 'print the environment for the aws CLI, SDKs and Terraform',
    examples: ['eval "$(roadstead env)"', 'roadstead env --shell fish | source'],
    configure: (command) =>
      command
        .addOption(new Option('--shell <shell>', 'whose syntax').choices(['bash', 'zsh', 'sh', 'fish']).default('bash'))
        .option('--unset', 'print what takes the variables away again'),
    load: async () => (await import('./commands/env.ts')).env,
  });
  define(program, site, {
    name: 'demo',
    summary: 'set everything up, run a sample service and watch it heal',
    examples: ['roadstead demo', 'roadstead demo --clean'],
    configure: (command) =>
      listenOptions(command).option('--clean', 'remove the sample and stop Roadstead; leaves nothing behind'),
    load: async () => (await import('./commands/demo.ts')).demo,
  });
  defineAccountCommands(program, site);
  defineSpotCommands(program, site);
  defineStorageCommands(program, (parent, definition) => define(parent, site, definition));
  defineMaintenanceCommands(program, site);
}

function defineWatchingCommands(program: Command, site: Site): void {
  define(program, site, {
    name: 'events',
    summary: 'show what happened, as EventBridge would tell it',
    examples: ['roadstead events --follow', 'roadstead events -o jsonl | jq .detail'],
    configure: (command) =>
      command
        .option('-f, --follow', 'go on showing what happens, until interrupted')
        .option('-n, --last <n>', 'begin with so many of the newest', count(maxEventsKept), 20),
    load: async () => (await import('./commands/events.ts')).events,
  });
  define(program, site, {
    name: 'logs',
    summary: 'show what the containers of a service or a task wrote, stopped ones included',
    examples: ['roadstead logs web -f', 'roadstead logs web --since 10m --container app -o jsonl'],
    configure: (command) =>
      command
        .argument('<service|task>', "a service's name, a task's id or the ARN of either")
        .option('-f, --follow', 'go on showing what is written, also by new tasks, until interrupted')
        .option('--since <time>', 'only what is younger: 90s, 10m, 2h, 1d, or a time as 2026-11-22T10:00:00Z', since)
        .option(
          '-n, --tail <n>',
          'begin with so many of the newest lines (default: 100, or all with --since)',
          count(10_000),
        )
        .option('--container <name>', 'only of this container')
        .option('-t, --timestamps', 'with the time of each line, as -o wide')
        .option('--cluster <name>', 'the cluster of a name or an id', 'default'),
    load: async () => (await import('./commands/logs.ts')).logs,
  });
  define(program, site, {
    name: 'top',
    summary: 'show what the containers of a service, a task or a whole cluster use',
    examples: ['roadstead top', 'roadstead top web -o json | jq .tasks[].minutes'],
    configure: (command) =>
      command
        .argument('[service|task]', "a service's name, a task's id or the ARN of either (default: all of the cluster)")
        .option('--cluster <name>', 'the cluster, also of a name or an id', 'default'),
    load: async () => (await import('./commands/top.ts')).top,
  });
  define(program, site, {
    name: 'exec',
    summary: 'run a command in a container of a service or a task; ends with its exit code',
    examples: [
      'roadstead exec web',
      'roadstead exec web -- cat /etc/hosts',
      'tar c . | roadstead exec web -- tar x -C /srv',
    ],
    configure: (command) =>
      command
        .argument('<service|task>', "a service's name, a task's id or the ARN of either")
        .argument('[command...]', 'what to run, after -- (default: /bin/sh)')
        .option('--container <name>', 'in this container (default: the first of the task)')
        .option('-T, --no-terminal', 'without a terminal, even when called from one')
        .option('--cluster <name>', 'the cluster of a name or an id', 'default'),
    load: async () => (await import('./commands/exec.ts')).exec,
  });
}

function defineMaintenanceCommands(program: Command, site: Site): void {
  define(program, site, {
    name: 'register',
    summary: 'register a task definition from a JSON or YAML file',
    examples: ['roadstead register -f web.yaml', 'jq .taskDefinition web.json | roadstead register -f -'],
    configure: (command) => command.requiredOption('-f, --file <file>', 'the task definition; - is standard input'),
    load: async () => (await import('./commands/register.ts')).register,
  });
  define(program, site, {
    name: 'doctor',
    summary: 'check this machine and say how to fix what is missing',
    examples: ['roadstead doctor', 'roadstead doctor --json'],
    configure: (command) => command.option('--port <port>', 'the port Roadstead would listen on', port),
    load: async () => (await import('./commands/doctor.ts')).doctor,
  });
  define(program, site, {
    name: 'test',
    summary: "set everything up and run Roadstead's own test suite",
    examples: ['roadstead test', 'roadstead test --unit'],
    configure: (command) =>
      command
        .option('--unit', 'only the fast tests, which need no Docker Engine')
        .argument('[filters...]', 'only test files whose path contains one of these'),
    load: async () => (await import('./commands/test.ts')).test,
  });
  define(program, site, {
    name: 'version',
    summary: 'print versions: Roadstead, Node.js, Docker Engine, running server',
    examples: ['roadstead version', 'roadstead version --json'],
    load: async () => (await import('./commands/version.ts')).version,
  });
}

function defineAccountCommands(program: Command, site: Site): void {
  const account = program
    .command('account')
    .description('accounts: users walled off from each other')
    .addHelpText('after', '\nExamples:\n  $ roadstead account create team-a\n  $ roadstead account list');
  define(account, site, {
    name: 'create',
    summary: 'create an account; its root keys are printed once',
    examples: ['roadstead account create team-a', 'roadstead account create team-a --json > team-a.json'],
    configure: (command) => command.argument('<name>', 'a name for people'),
    load: async () => (await import('./commands/account.ts')).createAccount,
  });
  define(account, site, {
    name: 'list',
    summary: 'list accounts',
    examples: ['roadstead account list', 'roadstead account list -q'],
    load: async () => (await import('./commands/account.ts')).listAccounts,
  });
}

function defineSpotCommands(program: Command, site: Site): void {
  const examples = [
    'roadstead spot interrupt arn:aws:ecs:us-east-1:000000000000:task/web/0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    'roadstead spot interrupt i-0a1b2c3d4e5f60718 --cluster web',
  ] as const;
  const spot = program
    .command('spot')
    .description('Spot capacity: take it back as AWS does')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
  define(spot, site, {
    name: 'interrupt',
    summary: 'interrupt a FARGATE_SPOT task, or drain a container instance',
    examples,
    configure: (command) =>
      command
        .argument('<target>', 'a task or a container instance: its ARN or its id')
        .option('--cluster <name>', 'the cluster of an id (default: default)'),
    load: async () => (await import('./commands/spot.ts')).interruptSpot,
  });
}

function defineServerCommands(program: Command, site: Site): void {
  define(program, site, {
    name: 'server',
    summary: 'run the control plane in the foreground',
    examples: ['roadstead server', 'roadstead server --host 10.0.0.5 --data-dir /srv/roadstead'],
    configure: (command) =>
      listenOptions(command)
        .option('--join-fargate-pool', 'also run tasks on this machine, as up does')
        .option('--lost-after <seconds>', 'how long an agent may be away before its tasks are replaced', seconds(1))
        .option(
          '--provisioning-wait <seconds>',
          'how long a task waits for an instance of its capacity provider',
          seconds(1),
        ),
    load: async () => (await import('./commands/server.ts')).server,
  });
  define(program, site, {
    name: 'agent',
    summary: 'run the agent that lets this machine run tasks, in the foreground',
    examples: ['roadstead agent --cluster web', 'AWS_ENDPOINT_URL=http://10.0.0.5:4566 roadstead agent --pool fargate'],
    configure: (command) =>
      command
        .option('--cluster <name>', 'the cluster to join (default: ECS_CLUSTER, then default)')
        .addOption(new Option('--pool <pool>', "join the platform's own hosts instead").choices(['fargate']))
        .option('--endpoint <url>', 'the control plane (default: AWS_ENDPOINT_URL, then this installation)')
        .option('--region <region>', 'its region')
        .addOption(logLevelOption()),
    load: async () => (await import('./commands/agent.ts')).agent,
  });
}
