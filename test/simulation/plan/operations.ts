import { unreachable } from '#base';
import { Draw } from '../world/draw.ts';
import { type ClusterName, clusterNames, type HostPlan } from './hosts.ts';
import type { SimulationOptions } from './options.ts';
import type { ServiceShape } from './services.ts';

/** One thing a user does. Which record it is about is a number that is taken modulo what there is. */
export type OperationPlan = { readonly atMs: number } & (
  | { readonly do: 'create-service'; readonly service: number; readonly count: number }
  | { readonly do: 'scale-service'; readonly service: number; readonly count: number }
  | { readonly do: 'roll-service'; readonly service: number; readonly count: number | undefined }
  | { readonly do: 'redeploy-service'; readonly service: number }
  /** A roll that is thought better of before it is over. */
  | {
      readonly do: 'reconsider-service';
      readonly service: number;
      readonly afterMs: number;
      readonly by: 'roll' | 'stop';
    }
  | { readonly do: 'delete-service'; readonly service: number }
  | {
      readonly do: 'run-task';
      readonly cluster: ClusterName;
      readonly count: number;
      /** A batch job ends by itself, a daemon does not. */
      readonly family: 'job' | 'daemon';
      /** Whether the request may be repeated: it carries a client token. */
      readonly token: boolean;
      /** GPUs that each task asks for. */
      readonly gpus: number;
    }
  | { readonly do: 'stop-task'; readonly cluster: ClusterName; readonly pick: number }
  | {
      readonly do: 'protect-tasks';
      readonly cluster: ClusterName;
      readonly pick: number;
      /** For how long; absent: no longer. */
      readonly minutes: number | undefined;
    }
  | { readonly do: 'drain-host'; readonly host: number; readonly forMs: number }
  | { readonly do: 'deregister-host'; readonly host: number; readonly force: boolean; readonly backAfterMs: number }
  | { readonly do: 'look'; readonly cluster: ClusterName }
  | { readonly do: 'start-task'; readonly host: number }
  | { readonly do: 'release-service'; readonly service: number }
  /** A pause of a release is answered, if one waits. */
  | { readonly do: 'answer-hook'; readonly service: number; readonly action: 'CONTINUE' | 'ROLLBACK' }
  | { readonly do: 'delete-cluster'; readonly cluster: ClusterName }
  | {
      readonly do: 'run-strategy';
      readonly cluster: ClusterName;
      readonly count: number;
      /** The cluster's two groups of machines, or Fargate's two providers. */
      readonly providers: 'groups' | 'fargate';
      /** In groups: those that end by themselves, or those that do not. */
      readonly family: 'job' | 'daemon';
      readonly weights: readonly [number, number];
      /** Of the first provider. */
      readonly base: number;
    }
  | { readonly do: 'interrupt-spot'; readonly pick: number }
);

/** Operations an hour, beside those that make the services at the start. */
function ratesFor({
  agents,
  services,
}: SimulationOptions): Readonly<Record<Exclude<OperationPlan['do'], 'create-service'>, number>> {
  return {
    'scale-service': services * 1.5,
    'roll-service': services * 0.7,
    'redeploy-service': services * 0.2,
    'reconsider-service': services * 0.8,
    'delete-service': services * 0.25,
    'run-task': 10 + Math.min(agents, 100) * 0.3,
    'stop-task': 5 + Math.min(agents, 100) * 0.1,
    'protect-tasks': services * 1.5,
    'drain-host': 1 + Math.min(agents, 100) * 0.05,
    'deregister-host': 0.5 + Math.min(agents, 100) * 0.02,
    look: 4,
    'start-task': 2 + Math.min(agents, 100) * 0.1,
    'release-service': services * 0.4,
    'delete-cluster': 1,
    'run-strategy': 4 + Math.min(agents, 100) * 0.2,
    'interrupt-spot': 6,
    'answer-hook': services * 8,
  };
}

export function drawOperations(
  options: SimulationOptions,
  services: readonly ServiceShape[],
  hosts: readonly HostPlan[],
): OperationPlan[] {
  const draw = new Draw(options.seed, 'operations');
  const gpus = { draw: new Draw(options.seed, 'GPUs'), clusters: gpuClusters(hosts) };
  const totalMs = options.hours * 3_600_000;
  const clusters = clusterNames(options);
  const at = (): number => draw.below(totalMs);
  const made = services.map((shape, service): OperationPlan => {
    // The first minutes make the services, so that there is something for faults to hit.
    return {
      atMs: draw.below(Math.min(totalMs, 300_000)),
      do: 'create-service',
      service,
      count: countFor(draw, shape),
    };
  });
  const list = [...made];
  for (const [kind, rate] of Object.entries(ratesFor(options)) as [
    Exclude<OperationPlan['do'], 'create-service'>,
    number,
  ][]) {
    for (let left = draw.count(rate * options.hours); left > 0; left--) {
      list.push(...drawOne(draw, kind, { atMs: at(), totalMs, services, clusters, agents: options.agents, gpus }));
    }
  }
  return list.sort((a, b) => a.atMs - b.atMs);
}

function gpuClusters(hosts: readonly HostPlan[]): readonly ClusterName[] {
  return [...new Set(hosts.filter(({ gpus }) => gpus > 0).map(({ cluster }) => cluster))];
}

function drawOne(
  draw: Draw,
  kind: Exclude<OperationPlan['do'], 'create-service'>,
  range: {
    readonly atMs: number;
    readonly totalMs: number;
    readonly services: readonly ServiceShape[];
    readonly clusters: readonly ClusterName[];
    readonly agents: number;
    readonly gpus: { readonly draw: Draw; readonly clusters: readonly ClusterName[] };
  },
): OperationPlan[] {
  const { atMs, services } = range;
  const service = services.length === 0 ? 0 : draw.below(services.length);
  const shape = services[service] ?? { minCount: 1, maxCount: 1 };
  const cluster = draw.pick(range.clusters);
  switch (kind) {
    case 'scale-service':
      return [{ atMs, do: kind, service, count: draw.percent(10) ? 0 : countFor(draw, shape) }];
    case 'roll-service':
      return [{ atMs, do: kind, service, count: draw.percent(30) ? countFor(draw, shape) : undefined }];
    case 'redeploy-service':
      return [{ atMs, do: kind, service }];
    case 'reconsider-service':
      return [{ atMs, do: kind, service, afterMs: draw.between([500, 60_000]), by: draw.pick(['roll', 'stop']) }];
    case 'delete-service': {
      // Most come back under the same name.
      const againMs = atMs + draw.between([60_000, 900_000]);
      const again: OperationPlan = { atMs: againMs, do: 'create-service', service, count: countFor(draw, shape) };
      return [{ atMs, do: kind, service }, ...(againMs < range.totalMs && draw.percent(80) ? [again] : [])];
    }
    case 'run-task': {
      const family = draw.percent(70) ? 'job' : 'daemon';
      const count = 1 + draw.below(family === 'job' ? 10 : 2);
      const task = { atMs, do: kind, cluster, count, family, token: draw.percent(70), gpus: 0 } as const;
      const { gpus } = range;
      // GPUs are given back: services of the cluster may be in need of some.
      if (family !== 'job' || gpus.clusters.length === 0 || gpus.draw.percent(40)) return [task];
      return [{ ...task, cluster: gpus.draw.pick(gpus.clusters), gpus: gpus.draw.percent(80) ? 1 : 2 }];
    }
    case 'interrupt-spot':
      return [{ atMs, do: kind, pick: draw.below(1000) }];
    case 'stop-task':
      return [{ atMs, do: kind, cluster, pick: draw.below(1000) }];
    case 'protect-tasks':
      return [
        { atMs, do: kind, cluster, pick: draw.below(1000), minutes: draw.percent(80) ? 1 + draw.below(40) : undefined },
      ];
    case 'run-strategy': {
      const providers = draw.percent(60) ? 'groups' : 'fargate';
      const weights = [draw.below(4), 1 + draw.below(4)] as const;
      // Tasks of a group keep off each other's instances: with many some wait, and beside those that stay for too long.
      const family = draw.percent(70) ? 'job' : 'daemon';
      const count = 1 + draw.below(providers === 'groups' ? 10 : 4);
      return [{ atMs, do: kind, cluster, count, providers, family, weights, base: draw.below(3) }];
    }
    case 'drain-host':
      return [{ atMs, do: kind, host: draw.below(range.agents), forMs: draw.between([60_000, 1_200_000]) }];
    case 'deregister-host': {
      const backAfterMs = draw.between([5_000, 600_000]);
      return [{ atMs, do: kind, host: draw.below(range.agents), force: draw.percent(70), backAfterMs }];
    }
    case 'look':
    case 'delete-cluster':
      return [{ atMs, do: kind, cluster }];
    case 'start-task':
      return [{ atMs, do: kind, host: draw.below(range.agents) }];
    case 'answer-hook':
      return [{ atMs, do: kind, service, action: draw.percent(75) ? 'CONTINUE' : 'ROLLBACK' }];
    case 'release-service':
      return [{ atMs, do: kind, service }];
    default:
      return unreachable(kind);
  }
}

function countFor(draw: Draw, { minCount, maxCount }: Pick<ServiceShape, 'minCount' | 'maxCount'>): number {
  return draw.between([minCount, Math.max(minCount, maxCount)]);
}
