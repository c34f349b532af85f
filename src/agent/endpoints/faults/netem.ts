import { must, type Run } from './blackhole.ts';
import { isIpv6, type NetemFault } from './request.ts';

/**
 * Delay and loss by the kernel's netem. What shall suffer is sent to the first band of a `prio` queue, all else to the
 * third. For a part of the flows the first band has a hundred leaves, over which flows are spread by their hash, and the
 * effect is on so many of them.
 */
export async function startNetem(fault: NetemFault, device: string, run: Run): Promise<void> {
  try {
    for (const args of startArgs(fault, device)) await must(run, 'tc', args);
  } catch (error) {
    await stopNetem(device, run);
    throw error;
  }
}

export async function stopNetem(device: string, run: Run): Promise<void> {
  await run('tc', ['qdisc', 'del', 'dev', device, 'root']);
}

/** The fault that is on now: netem's loss shows as a random loss, anything else is delay. */
export async function netemOn(device: string, run: Run): Promise<NetemFault['kind'] | undefined> {
  const queues = JSON.parse((await must(run, 'tc', ['-j', 'qdisc', 'show', 'dev', device])) || '[]') as {
    readonly kind?: string;
    readonly options?: Readonly<Record<string, unknown>>;
  }[];
  const netem = queues.find(({ kind }) => kind === 'netem');
  if (netem === undefined) return undefined;
  return netem.options?.['loss-random'] === undefined ? 'network-latency' : 'network-packet-loss';
}

const toThird = Array.from({ length: 16 }, () => '2');
const flowKeys = 'src,dst,proto,proto-src,proto-dst';

export function startArgs({ effect, sources, sourcesToFilter, flowsPercent }: NetemFault, device: string): string[][] {
  const queue = (where: readonly string[], handle: string, kind: readonly string[]): string[] => [
    'qdisc',
    'add',
    'dev',
    device,
    ...where,
    'handle',
    handle,
    ...kind,
  ];
  const band = (block: string, priority: string, flow: string): string[] => {
    // A priority is of one protocol alone.
    const [protocol, match, rank] = isIpv6(block) ? ['ipv6', 'ip6', `1${priority}`] : ['ip', 'ip', priority];
    return words(
      `filter add dev ${device} protocol ${protocol} parent 1:0 prio ${rank} u32 match ${match} dst ${block} flowid ${flow}`,
    );
  };
  return [
    queue(['root'], '1:', ['prio', 'priomap', ...toThird]),
    ...(flowsPercent === 100
      ? [queue(['parent', '1:1'], '10:', ['netem', ...effect])]
      : leaves(queue, device, effect, flowsPercent)),
    ...sourcesToFilter.map((block) => band(block, '1', '1:3')),
    ...sources.map((block) => band(block, '2', '1:1')),
  ];
}

/** Ten times ten leaves, flows spread over them, and the effect on the first of them. */
function leaves(
  queue: (where: readonly string[], handle: string, kind: readonly string[]) => string[],
  device: string,
  effect: readonly string[],
  flowsPercent: number,
): string[][] {
  const tens = Array.from({ length: 10 }, (_, index) => index);
  const spread = (parent: string): string[] =>
    words(
      `filter add dev ${device} parent ${parent}: protocol all prio 1 handle 1 flow hash keys ${flowKeys} divisor 10 baseclass ${parent}:1`,
    );
  // tc reads minor numbers as hexadecimal.
  const bandOf = (index: number): string => (index + 1).toString(16);
  return [
    queue(['parent', '1:1'], '10:', ['prio', 'bands', '10']),
    spread('10'),
    ...tens.flatMap((ten) => [
      queue(['parent', `10:${bandOf(ten)}`], `${100 + ten}:`, ['prio', 'bands', '10']),
      spread(String(100 + ten)),
    ]),
    ...Array.from({ length: flowsPercent }, (_, leaf) =>
      queue(['parent', `${100 + Math.floor(leaf / 10)}:${bandOf(leaf % 10)}`], `${200 + leaf}:`, ['netem', ...effect]),
    ),
  ];
}

function words(line: string): string[] {
  return line.split(' ');
}
