import type { Command } from 'commander';
import type { Define } from './command-definition.ts';
import { count, maxEventsKept, since } from './option-parsers.ts';

/** What shows what tasks do, and goes into them. */
export function defineWatchingCommands(program: Command, define: Define): void {
  define(program, {
    name: 'events',
    summary: 'show what happened, as EventBridge would tell it',
    examples: ['roadstead events --follow', 'roadstead events -o jsonl | jq .detail'],
    configure: (command) =>
      command
        .option('-f, --follow', 'go on showing what happens, until interrupted')
        .option('-n, --last <n>', 'begin with so many of the newest', count(maxEventsKept), 20),
    load: async () => (await import('./commands/events.ts')).events,
  });
  define(program, {
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
  define(program, {
    name: 'top',
    summary: 'show what the containers of a service, a task or a whole cluster use',
    examples: ['roadstead top', 'roadstead top web -o json | jq .tasks[].minutes'],
    configure: (command) =>
      command
        .argument('[service|task]', "a service's name, a task's id or the ARN of either (default: all of the cluster)")
        .option('--cluster <name>', 'the cluster, also of a name or an id', 'default'),
    load: async () => (await import('./commands/top.ts')).top,
  });
  define(program, {
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
