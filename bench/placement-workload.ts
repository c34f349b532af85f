import { integerBelow, type Random, SeededRandom } from '#base';
import type {
  ClusterArn,
  ContainerInstance,
  ContainerInstanceArn,
  PlacementConstraint,
  PlacementStrategy,
  ReservedResources,
} from '#model';

export const clusterArn = 'arn:aws:ecs:us-east-1:000000000000:cluster/bench' as ClusterArn;

/** A service of so many equal tasks. */
export interface BenchService {
  readonly group: string;
  readonly reserves: ReservedResources;
  /** The racks its constraint names; absent without one. */
  readonly racks?: ReadonlySet<string>;
  readonly constraints: readonly PlacementConstraint[];
}

export interface Shape {
  readonly name: string;
  readonly strategies: readonly PlacementStrategy[];
  /** Every how many services one has a constraint. */
  readonly constrainedEvery: number;
}

const binpack: PlacementStrategy = { type: 'binpack', field: 'memory' };
const byZone: PlacementStrategy = { type: 'spread', field: 'attribute:ecs.availability-zone' };
const byInstance: PlacementStrategy = { type: 'spread', field: 'instanceId' };

export const shapes: readonly Shape[] = [
  { name: 'binpack(memory)', strategies: [binpack], constrainedEvery: 5 },
  { name: 'spread(zone), binpack(memory)', strategies: [byZone, binpack], constrainedEvery: 5 },
  { name: 'binpack(memory), memberOf everywhere', strategies: [binpack], constrainedEvery: 1 },
  { name: 'spread(zone), spread(instance)', strategies: [byZone, byInstance], constrainedEvery: 5 },
];

export const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
const rackCount = 10;
const rackName = (rack: number): string => `r${rack % rackCount}`;

/** Four sizes. Fewer instances are larger, so that the same tasks fill them to the same degree. */
export function instancesOf(count: number): readonly ContainerInstance[] {
  const scale = 10_000 / count;
  const sizes = [1, 2, 4, 8].map((size) => ({ cpuUnits: 1024 * size * scale, memoryMiB: 4096 * size * scale }));
  return Array.from({ length: count }, (_, index) => {
    const size = sizes[index % sizes.length];
    return {
      accountId: '000000000000',
      region: 'us-east-1',
      containerInstanceArn: `arn:aws:ecs:us-east-1:000000000000:container-instance/bench/${index}`,
      clusterArn,
      ec2InstanceId: `i-${index}`,
      status: 'ACTIVE',
      resources: { ...size, reservedTcpPorts: [22, 2375, 2376], reservedUdpPorts: [], gpuIds: [] },
      attributes: [
        { name: 'ecs.availability-zone', value: zones[Math.floor(index / sizes.length) % zones.length] },
        { name: 'ecs.instance-type', value: `size${index % sizes.length}` },
        { name: 'rack', value: rackName(Math.floor(index / 12)) },
      ],
      versionInfo: { agentVersion: '1.100.0' },
      registeredAt: 1,
      tags: [],
      agentConnected: true,
      version: 1,
    } as unknown as ContainerInstance;
  });
}

/** Services of one size each, a few of the usual ones; constraints name five racks of ten. */
export function servicesOf(count: number, constrainedEvery: number): readonly BenchService[] {
  const random = new SeededRandom(11);
  return Array.from({ length: count }, (_, index): BenchService => {
    const reserves = {
      cpuUnits: pick(random, [64, 128, 256, 512]),
      memoryMiB: pick(random, [256, 512, 768, 1024, 1536, 2048, 2048]),
      tcpPorts: [],
      udpPorts: [],
      gpuCount: 0,
    };
    const group = `service:s${index}`;
    if (index % constrainedEvery !== 0) return { group, reserves, constraints: [] };
    const racks = Array.from({ length: rackCount / 2 }, (_none, rack) => rackName(index / constrainedEvery + rack));
    const expression = `attribute:rack in [${racks.join(', ')}]`;
    return { group, reserves, racks: new Set(racks), constraints: [{ type: 'memberOf', expression }] };
  });
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[integerBelow(random, values.length)] as T;
}

export function attributeOf(instance: ContainerInstance, wanted: string): string {
  return instance.attributes.find(({ name }) => name === wanted)?.value ?? '';
}

export type Arn = ContainerInstanceArn;
