import { Draw } from '../world/draw.ts';
import { clusterNames } from './hosts.ts';
import type { SimulationOptions } from './options.ts';
import type { ServiceShape } from './services.ts';

/** What a user's own deployer does to a service with task sets. `pick` is taken modulo the sets there are. */
export type ExternalPlan = { readonly atMs: number; readonly external: number } & (
  | { readonly do: 'create-external'; readonly count: number }
  | { readonly do: 'scale-external'; readonly count: number }
  | { readonly do: 'delete-external' }
  | { readonly do: 'create-set'; readonly tenths: number }
  | { readonly do: 'scale-set'; readonly pick: number; readonly tenths: number }
  | { readonly do: 'primary-set'; readonly pick: number }
  | { readonly do: 'delete-set'; readonly pick: number; readonly force: boolean }
);

/** The most tasks of one set, and the most sets: so small that they always find room beside the services. */
const maxCount = 4;
export const maxSets = 3;

/** One for four services of the other kind, and one at least where there are any. */
export function drawExternals(options: SimulationOptions): ServiceShape[] {
  const draw = new Draw(options.seed, 'externals');
  const clusters = clusterNames(options);
  return Array.from({ length: Math.ceil(options.services / 4) }, (_, index): ServiceShape => {
    const [minimumHealthyPercent, maximumPercent] = draw.pick([
      [100, 200],
      [50, 150],
      [0, 100],
    ] as const);
    return {
      name: `ext${index}`,
      cluster: clusters[index % clusters.length] ?? 'c0',
      launchType: 'EC2',
      networkMode: draw.pick(['bridge', 'awsvpc'] as const),
      maxCount,
      minCount: 1,
      cpuUnits: 16,
      memoryMiB: 32,
      gpus: 0,
      hostPort: undefined,
      containers: 1,
      healthCheck: draw.percent(40),
      minimumHealthyPercent,
      maximumPercent,
      earlySuccess: undefined,
      release: undefined,
      circuitBreaker: 'off',
      breakerThreshold: undefined,
      resetOnHealthyTask: undefined,
      spot: false,
      daemon: false,
      discovered: false,
      balanced: false,
      placementConstraints: [],
      placementStrategy: draw.pick([[], [{ type: 'binpack', field: 'memory' }], [{ type: 'random' }]]),
    };
  });
}

/** Operations an hour for each. */
const rates: Readonly<Record<Exclude<ExternalPlan['do'], 'create-external'>, number>> = {
  'scale-external': 4,
  'delete-external': 0.4,
  'create-set': 8,
  'scale-set': 6,
  'primary-set': 3,
  'delete-set': 3,
};

export function drawExternalOperations(options: SimulationOptions, shapes: readonly ServiceShape[]): ExternalPlan[] {
  const draw = new Draw(options.seed, 'external operations');
  const totalMs = options.hours * 3_600_000;
  const count = (): number => draw.between([0, maxCount]);
  const list = shapes.flatMap((_, external): ExternalPlan[] => {
    const atMs = draw.below(Math.min(totalMs, 300_000));
    const first: ExternalPlan = { atMs, do: 'create-external', external, count: count() };
    return [first, ...drawKinds(draw, { external, totalMs, hours: options.hours, count })];
  });
  return list.sort((a, b) => a.atMs - b.atMs);
}

function drawKinds(
  draw: Draw,
  range: { readonly external: number; readonly totalMs: number; readonly hours: number; readonly count: () => number },
): ExternalPlan[] {
  const { external, totalMs } = range;
  const list: ExternalPlan[] = [];
  for (const [kind, rate] of Object.entries(rates) as [keyof typeof rates, number][]) {
    for (let left = draw.count(rate * range.hours); left > 0; left--) {
      const at = { atMs: draw.below(totalMs), external };
      const pick = draw.below(100);
      const tenths = draw.percent(30) ? 1000 : draw.percent(15) ? 0 : draw.below(1001);
      if (kind === 'scale-external') list.push({ ...at, do: kind, count: range.count() });
      else if (kind === 'create-set') list.push({ ...at, do: kind, tenths });
      else if (kind === 'scale-set') list.push({ ...at, do: kind, pick, tenths });
      else if (kind === 'primary-set') list.push({ ...at, do: kind, pick });
      else if (kind === 'delete-set') list.push({ ...at, do: kind, pick, force: draw.percent(80) });
      else {
        const again = at.atMs + draw.between([30_000, 600_000]);
        list.push({ ...at, do: kind });
        if (again < totalMs) list.push({ ...at, atMs: again, do: 'create-external', count: range.count() });
      }
    }
  }
  return list;
}
