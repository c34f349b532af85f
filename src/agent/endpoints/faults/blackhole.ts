import { endpointAddress } from '#model';
import type { CommandEnd } from '../../host/run-command.ts';
import { type BlackholeFault, isIpv6 } from './request.ts';

/** Runs a program in the task's namespace. */
export type Run = (program: 'iptables' | 'ip6tables' | 'tc' | 'ip', args: readonly string[]) => Promise<CommandEnd>;

type Filter = 'iptables' | 'ip6tables';

const wait = ['-w', '5'];

export async function startBlackhole(fault: BlackholeFault, run: Run): Promise<void> {
  for (const filter of await filtersOf(run)) for (const args of startArgs(filter, fault)) await must(run, filter, args);
}

export async function stopBlackhole(fault: BlackholeFault, run: Run): Promise<void> {
  const chain = chainOf(fault);
  for (const filter of await filtersOf(run)) {
    if (!(await hasChain(filter, chain, run))) continue;
    // An interrupted start may have left the chain without its jump.
    await run(filter, [...wait, '-D', hookOf(fault), '-j', chain]);
    await must(run, filter, [...wait, '-F', chain]);
    await must(run, filter, [...wait, '-X', chain]);
  }
}

export async function isBlackholed(fault: BlackholeFault, run: Run): Promise<boolean> {
  const { code } = await run('iptables', [...wait, '-C', hookOf(fault), '-j', chainOf(fault)]);
  return code === 0;
}

/** The chain is filled before the jump to it is set, so that nothing is dropped that shall pass. */
export function startArgs(filter: Filter, fault: BlackholeFault): string[][] {
  const { protocol, port, trafficType, sourcesToFilter } = fault;
  const chain = chainOf(fault);
  const six = filter === 'ip6tables';
  const spared = sourcesToFilter.filter((source) => isIpv6(source) === six);
  if (!six && trafficType === 'egress' && port === 80) spared.push(endpointAddress);
  const side = trafficType === 'ingress' ? '-s' : '-d';
  const packets = ['-p', protocol, '--dport', String(port)];
  return [
    ['-N', chain],
    ...spared.map((source) => ['-A', chain, ...packets, side, source, '-j', 'ACCEPT']),
    ['-A', chain, ...packets, '-j', 'DROP'],
    ['-I', hookOf(fault), '-j', chain],
  ].map((args) => [...wait, ...args]);
}

function chainOf({ trafficType, protocol, port }: BlackholeFault): string {
  return `${trafficType}-${protocol}-${port}`;
}

function hookOf({ trafficType }: BlackholeFault): string {
  return trafficType === 'ingress' ? 'INPUT' : 'OUTPUT';
}

/** A namespace may be without IPv6. */
async function filtersOf(run: Run): Promise<readonly Filter[]> {
  const six = await run('ip6tables', [...wait, '-S', 'INPUT']);
  return six.code === 0 ? ['iptables', 'ip6tables'] : ['iptables'];
}

async function hasChain(filter: Filter, chain: string, run: Run): Promise<boolean> {
  return (await run(filter, [...wait, '-S', chain])).code === 0;
}

export async function must(run: Run, program: Parameters<Run>[0], args: readonly string[]): Promise<string> {
  const { code, output, complaint } = await run(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${complaint.trim()}`);
  return output;
}
