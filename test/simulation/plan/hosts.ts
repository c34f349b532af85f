import type { HostStateFamily } from '#wire/link';
import { Draw } from '../world/draw.ts';
import type { SimulationOptions } from './options.ts';

export type ClusterName = string;

/** One host and how it behaves by nature. */
export interface HostPlan {
  /** Position among all hosts. */
  readonly index: number;
  readonly launchType: 'EC2' | 'FARGATE' | 'EXTERNAL';
  readonly cluster: ClusterName;
  readonly zone: string;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** Of EC2 hosts: one of the two Auto Scaling groups of its cluster. */
  readonly group?: 'a' | 'b';
  /** The custom attribute `tier`. */
  readonly tier: 'gold' | 'iron';
  /** Hands some of its reports in twice, and loses some acknowledgments. */
  readonly sloppy: boolean;
  /** What its agent can do beside tasks. */
  readonly families: readonly HostStateFamily[];
}

const sizes = [
  { cpuUnits: 2048, memoryMiB: 4096 },
  { cpuUnits: 4096, memoryMiB: 8192 },
  { cpuUnits: 8192, memoryMiB: 16_384 },
];

/** Agents of before announce nothing. */
const families: readonly (readonly HostStateFamily[])[] = [
  ['network', 'names', 'balancing'],
  ['network'],
  ['network', 'names', 'balancing'],
  [],
];

export function clusterNames({ agents }: Pick<SimulationOptions, 'agents'>): ClusterName[] {
  const count = Math.max(1, Math.min(4, Math.floor(agents / 6)));
  return Array.from({ length: count }, (_, index) => `c${index}`);
}

/** Every eighth host is of the Fargate pool and every tenth an external one, when there are enough of them. */
export function drawHosts(options: SimulationOptions): HostPlan[] {
  const draw = new Draw(options.seed, 'hosts');
  const clusters = clusterNames(options);
  return Array.from({ length: options.agents }, (_, index): HostPlan => {
    const launchType = index % 8 === 7 ? 'FARGATE' : index % 10 === 6 ? 'EXTERNAL' : 'EC2';
    return {
      index,
      launchType,
      cluster: launchType === 'FARGATE' ? 'default' : (clusters[index % clusters.length] ?? 'c0'),
      zone: 'abc'[Math.floor(index / clusters.length) % 3] ?? 'a',
      ...draw.pick(sizes),
      gpus: launchType === 'EC2' && draw.percent(15) ? 1 + draw.below(4) : 0,
      ...(launchType === 'EC2' ? { group: (['a', 'b'] as const)[Math.floor(index / clusters.length) % 2] ?? 'a' } : {}),
      tier: draw.percent(60) ? 'gold' : 'iron',
      sloppy: draw.percent(20),
      families: families[index % families.length] ?? [],
    };
  });
}
