import type { ContainerInstance } from '#model';
import { type Arn, attributeOf, type BenchService, type Shape } from './placement-workload.ts';

interface PlainHost {
  readonly arn: Arn;
  readonly zone: string;
  readonly rack: string;
  freeCpu: number;
  freeMemory: number;
  readonly tasks: Map<string, number>;
}

/** Placement as one writes it first: filter the hosts, sort those left by the strategies, take the first. */
export class FilterAndSort {
  readonly #shape: Shape;
  readonly #hosts: readonly PlainHost[];
  readonly #byArn: ReadonlyMap<Arn, PlainHost>;
  readonly #tasksInZone = new Map<string, number>();

  constructor(shape: Shape, instances: readonly ContainerInstance[]) {
    this.#shape = shape;
    this.#hosts = instances.map((instance) => ({
      arn: instance.containerInstanceArn,
      zone: attributeOf(instance, 'ecs.availability-zone'),
      rack: attributeOf(instance, 'rack'),
      freeCpu: instance.resources.cpuUnits,
      freeMemory: instance.resources.memoryMiB,
      tasks: new Map(),
    }));
    this.#byArn = new Map(this.#hosts.map((host) => [host.arn, host]));
  }

  choose({ group, reserves, racks }: BenchService): Arn | undefined {
    const scores = this.#shape.strategies.map((strategy) => {
      if (strategy.type === 'binpack') return (host: PlainHost) => host.freeMemory;
      if (strategy.type === 'spread' && strategy.field === 'instanceId') {
        return (host: PlainHost) => host.tasks.get(group) ?? 0;
      }
      return (host: PlainHost) => this.#tasksInZone.get(`${group} ${host.zone}`) ?? 0;
    });
    const feasible = this.#hosts.filter(
      (host) =>
        host.freeCpu >= reserves.cpuUnits &&
        host.freeMemory >= reserves.memoryMiB &&
        (racks === undefined || racks.has(host.rack)),
    );
    feasible.sort((left, right) => {
      for (const score of scores) {
        const difference = score(left) - score(right);
        if (difference !== 0) return difference;
      }
      return 0;
    });
    return feasible[0]?.arn;
  }

  add(arn: Arn, { group, reserves }: BenchService): void {
    const host = this.#byArn.get(arn);
    if (host === undefined) return;
    host.freeCpu -= reserves.cpuUnits;
    host.freeMemory -= reserves.memoryMiB;
    host.tasks.set(group, (host.tasks.get(group) ?? 0) + 1);
    const key = `${group} ${host.zone}`;
    this.#tasksInZone.set(key, (this.#tasksInZone.get(key) ?? 0) + 1);
  }
}

/** Instances left empty when every task in turn goes to the very best host, found by a plain scan. */
export function emptyAfterExactFit(
  shape: Shape,
  instances: readonly ContainerInstance[],
  tasks: Iterable<BenchService>,
): number {
  const zoneNames = [...new Set(instances.map((instance) => attributeOf(instance, 'ecs.availability-zone')))];
  const zoneOf = Int32Array.from(instances, (one) => zoneNames.indexOf(attributeOf(one, 'ecs.availability-zone')));
  const racks = instances.map((instance) => attributeOf(instance, 'rack'));
  const freeCpu = Float64Array.from(instances, ({ resources }) => resources.cpuUnits);
  const freeMemory = Float64Array.from(instances, ({ resources }) => resources.memoryMiB);
  const held = new Int32Array(instances.length);
  const spreads = shape.strategies.length > 1;
  const perZone = new Map<string, Float64Array>();
  for (const service of tasks) {
    const { cpuUnits, memoryMiB } = service.reserves;
    const inZone = perZone.get(service.group) ?? new Float64Array(zoneNames.length);
    perZone.set(service.group, inZone);
    let best = -1;
    let bestZone = Infinity;
    let bestMemory = Infinity;
    for (let host = 0; host < held.length; host++) {
      const memory = freeMemory[host] ?? 0;
      if ((freeCpu[host] ?? 0) < cpuUnits || memory < memoryMiB) continue;
      const zone = spreads ? (inZone[zoneOf[host] ?? 0] ?? 0) : 0;
      if (zone > bestZone || (zone === bestZone && memory >= bestMemory)) continue;
      if (service.racks !== undefined && !service.racks.has(racks[host] ?? '')) continue;
      [best, bestZone, bestMemory] = [host, zone, memory];
    }
    if (best < 0) continue;
    freeCpu[best] = (freeCpu[best] ?? 0) - cpuUnits;
    freeMemory[best] = (freeMemory[best] ?? 0) - memoryMiB;
    held[best] = (held[best] ?? 0) + 1;
    inZone[zoneOf[best] ?? 0] = (inZone[zoneOf[best] ?? 0] ?? 0) + 1;
  }
  return held.filter((tasksHere) => tasksHere === 0).length;
}
