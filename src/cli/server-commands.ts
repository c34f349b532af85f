import { type Command, Option } from 'commander';
import type { Define } from './command-definition.ts';
import { listenOptions, logLevelOption, seconds } from './option-parsers.ts';

/** The parts of an installation one by one. */
export function defineServerCommands(program: Command, define: Define): void {
  define(program, {
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
  define(program, {
    name: 'agent',
    summary: 'run the agent that lets this machine run tasks, in the foreground',
    examples: ['roadstead agent --cluster web', 'AWS_ENDPOINT_URL=http://10.0.0.5:4566 roadstead agent --pool fargate'],
    configure: (command) =>
      command
        .option('--cluster <name>', 'the cluster to join (default: ECS_CLUSTER, then default)')
        .addOption(new Option('--pool <pool>', "join the platform's own hosts instead").choices(['fargate']))
        .option('--endpoint <url>', 'the control plane (default: AWS_ENDPOINT_URL, then this installation)')
        .option('--region <region>', 'its region')
        .option('--underlay-address <address>', 'where other hosts reach this one (default: as the default route says)')
        .addOption(logLevelOption()),
    load: async () => (await import('./commands/agent.ts')).agent,
  });
}

/** `roadstead account …`. */
export function defineAccountCommands(program: Command, define: Define): void {
  const account = program
    .command('account')
    .description('accounts: users walled off from each other')
    .addHelpText('after', '\nExamples:\n  $ roadstead account create team-a\n  $ roadstead account list');
  define(account, {
    name: 'create',
    summary: 'create an account; its root keys are printed once',
    examples: ['roadstead account create team-a', 'roadstead account create team-a --json > team-a.json'],
    configure: (command) => command.argument('<name>', 'a name for people'),
    load: async () => (await import('./commands/account.ts')).createAccount,
  });
  define(account, {
    name: 'list',
    summary: 'list accounts',
    examples: ['roadstead account list', 'roadstead account list -q'],
    load: async () => (await import('./commands/account.ts')).listAccounts,
  });
}

/** `roadstead spot …`. */
export function defineSpotCommands(program: Command, define: Define): void {
  const examples = [
    'roadstead spot interrupt arn:aws:ecs:us-east-1:000000000000:task/web/0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    'roadstead spot interrupt i-0a1b2c3d4e5f60718 --cluster web',
  ] as const;
  const spot = program
    .command('spot')
    .description('Spot capacity: take it back as AWS does')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
  define(spot, {
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

/** `roadstead dns …`. */
export function defineDnsCommands(program: Command, define: Define): void {
  const examples = ['roadstead dns lookup web.shop.local', 'roadstead dns lookup _web._tcp.shop.local SRV'] as const;
  const dns = program
    .command('dns')
    .description('names of Cloud Map and of load balancers, from this machine')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
  define(dns, {
    name: 'lookup',
    summary: 'ask the resolver of this machine’s agent for a name',
    examples,
    configure: (command) =>
      command
        .argument('<name>', 'the name, or for PTR an address')
        .argument('[type]', 'A, AAAA, SRV, CNAME, TXT, MX, NS or PTR', 'A')
        .option('--server <address>', 'another resolver, e.g. of a VPC: its base plus two'),
    load: async () => (await import('./commands/dns.ts')).lookUpName,
  });
  define(dns, {
    name: 'configuration',
    summary: 'print what makes this machine’s own resolver ask the agent; changes nothing',
    examples: [
      'roadstead dns configuration shop.local elb.localhost',
      'roadstead dns configuration --for dnsmasq shop.local',
    ],
    configure: (command) =>
      command
        .argument('[domains...]', 'namespaces whose names to ask it for')
        .addOption(
          new Option('--for <resolver>', 'whose configuration').choices(['resolved', 'dnsmasq']).default('resolved'),
        ),
    load: async () => (await import('./commands/dns.ts')).printConfiguration,
  });
}
