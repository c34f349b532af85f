import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseTime } from './output/times.ts';

export function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 65_535) throw new InvalidArgumentError('A port is 1 to 65535.');
  return value;
}

export function count(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > most) throw new InvalidArgumentError(`A number is 0 to ${most}.`);
    return value;
  };
}

/** More than anybody wants to keep in memory. */
export const maxEventsKept = 100_000;

export function seconds(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > maxSeconds) {
      throw new InvalidArgumentError(`A time is ${least} to ${maxSeconds} seconds.`);
    }
    return value;
  };
}

/** `90s`, `10m`, `2h`, `1d`, or a time as `2026-11-22T10:00:00Z`. */
export function since(text: string): { readonly atMs: number } | { readonly agoMs: number } {
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
export function quota(text: string, others: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name, count] = /^([a-zA-Z]+)=(\d{1,9})$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('A quota is a name and a count: tagsPerResource=100.');
  return { ...others, [name]: Number(count) };
}

/** CIDR blocks that commas keep apart; `none` is no block. */
export function cidrBlocks(text: string): readonly string[] {
  if (text === 'none') return [];
  const blocks = text.split(',').map((block) => (block.includes('/') ? block : `${block}/32`));
  if (blocks.every((block) => /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(block))) return blocks;
  throw new InvalidArgumentError('Public addresses are IPv4 addresses and CIDR blocks, or none: 203.0.113.16/28.');
}

/** A day. */
const maxSeconds = 86_400;

export function listenOptions(command: Command): Command {
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
    .option(
      '--public-addresses <ranges>',
      'public IPv4 addresses to give, or none (default: some that only the hosts themselves reach)',
      cidrBlocks,
    )
    .option('--quota <name=count>', "a quota other than AWS's; may be repeated", quota)
    .addOption(
      new Option('--metrics <readers>', 'who may read /metrics: this machine, all who reach the port, nobody')
        .choices(['local', 'any', 'none'])
        .default('local'),
    )
    .addOption(logLevelOption());
}

export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'least severe log lines to write')
    .choices(['debug', 'info', 'warn', 'error'])
    .default('info');
}
