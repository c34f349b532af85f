import { type Command, Option } from 'commander';
import type { Define } from './command-definition.ts';
import { listenOptions, port } from './option-parsers.ts';

/** Starting and stopping on one machine, and how it goes. */
export function defineEverydayCommands(program: Command, define: Define): void {
  define(program, {
    name: 'up',
    summary: 'start Roadstead on this machine, in the background',
    examples: ['roadstead up', 'roadstead up --port 4600 --data-dir /srv/roadstead'],
    configure: (command) =>
      listenOptions(command)
        .option('--no-node', 'do not run tasks on this machine: start the control plane alone')
        .option('--foreground', 'stay in the foreground, logs on standard error'),
    load: async () => (await import('./commands/up.ts')).up,
  });
  define(program, {
    name: 'down',
    summary: 'stop Roadstead; tasks keep running unless --tasks is given',
    examples: ['roadstead down', 'roadstead down --tasks'],
    configure: (command) =>
      command.option('--tasks', 'stop the tasks of this machine too and leave nothing of Roadstead behind on it'),
    load: async () => (await import('./commands/down.ts')).down,
  });
  define(program, {
    name: 'status',
    summary: 'show hosts, services, deployments and recent events',
    examples: ['roadstead status', 'roadstead status -o json | jq .counts'],
    load: async () => (await import('./commands/status.ts')).status,
  });
}

/** What one begins with: settings for clients, and a sample. */
export function defineFirstSteps(program: Command, define: Define): void {
  define(program, {
    name: 'env',
    summary: 'print the environment for the aws CLI, SDKs and Terraform',
    examples: ['eval "$(roadstead env)"', 'roadstead env --shell fish | source'],
    configure: (command) =>
      command
        .addOption(new Option('--shell <shell>', 'whose syntax').choices(['bash', 'zsh', 'sh', 'fish']).default('bash'))
        .option('--unset', 'print what takes the variables away again'),
    load: async () => (await import('./commands/env.ts')).env,
  });
  define(program, {
    name: 'demo',
    summary: 'set everything up, run a sample service behind a load balancer, see it heal and roll',
    examples: ['roadstead demo', 'roadstead demo --clean'],
    configure: (command) =>
      listenOptions(command).option('--clean', 'remove the sample and stop Roadstead; leaves nothing behind'),
    load: async () => (await import('./commands/demo.ts')).demo,
  });
}

/** What concerns this machine and this program rather than what runs. */
export function defineMaintenanceCommands(program: Command, define: Define): void {
  define(program, {
    name: 'register',
    summary: 'register a task definition from a JSON or YAML file',
    examples: ['roadstead register -f web.yaml', 'jq .taskDefinition web.json | roadstead register -f -'],
    configure: (command) => command.requiredOption('-f, --file <file>', 'the task definition; - is standard input'),
    load: async () => (await import('./commands/register.ts')).register,
  });
  define(program, {
    name: 'doctor',
    summary: 'check this machine and say how to fix what is missing',
    examples: ['roadstead doctor', 'roadstead doctor --json'],
    configure: (command) => command.option('--port <port>', 'the port Roadstead would listen on', port),
    load: async () => (await import('./commands/doctor.ts')).doctor,
  });
  define(program, {
    name: 'test',
    summary: "set everything up and run Roadstead's own test suite",
    examples: ['roadstead test', 'roadstead test --unit'],
    configure: (command) =>
      command
        .option('--unit', 'only the fast tests, which need no Docker Engine')
        .argument('[filters...]', 'only test files whose path contains one of these'),
    load: async () => (await import('./commands/test.ts')).test,
  });
  define(program, {
    name: 'version',
    summary: 'print versions: Roadstead, Node.js, Docker Engine, running server',
    examples: ['roadstead version', 'roadstead version --json'],
    load: async () => (await import('./commands/version.ts')).version,
  });
}
