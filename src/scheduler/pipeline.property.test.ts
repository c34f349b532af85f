import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeededRandom } from '#base';
import type { PlacementStrategy } from '#model';
import { parseQuery } from './query/query.ts';
import { host, request } from './test-support/hosts.ts';
import { afterTask, bestHosts } from './test-support/oracle.ts';
import { placeOn } from './test-support/pools.ts';
import type { HostView, PlacementRequest, PlacementResult } from './types.ts';

const zone = fc.constantFrom('us-east-1a', 'us-east-1b', 'us-east-1c');
const group = fc.constantFrom('service:web', 'service:api', 'family:job');

const hostTraits = fc.record({
  status: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'DRAINING'),
  agentConnected: fc.integer({ min: 0, max: 9 }).map((draw) => draw > 0),
  availabilityZone: zone,
  external: fc.constantFrom(false, false, true),
  capacityProviderName: fc.constantFrom(undefined, 'a', 'b'),
  freeCpuUnits: fc.integer({ min: 0, max: 2048 }),
  freeMemoryMiB: fc.integer({ min: 0, max: 4096 }),
  freeGpuIds: fc.subarray(['g0', 'g1', 'g2']),
  freeInterfaces: fc.constantFrom(Number.POSITIVE_INFINITY, 0, 1, 2),
  usedTcpPorts: fc.uniqueArray(fc.constantFrom(80, 81, 443)).map((ports) => new Set(ports)),
  usedUdpPorts: fc.uniqueArray(fc.constantFrom(53, 54)).map((ports) => new Set(ports)),
  runningTasksCount: fc.nat(3),
  attributes: fc.dictionary(fc.constantFrom('rack', 'stack'), fc.constantFrom('1', '2')),
  tasksByGroup: fc.dictionary(group, fc.nat(3)),
});
const hosts = fc
  .array(hostTraits, { maxLength: 12 })
  .map((all) =>
    all.map(({ capacityProviderName, ...traits }, index) =>
      host(`h${index}`, { ...traits, ...(capacityProviderName === undefined ? {} : { capacityProviderName }) }),
    ),
  );

const strategy: fc.Arbitrary<PlacementStrategy> = fc.constantFrom<PlacementStrategy[]>(
  { type: 'random' },
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'attribute:rack' },
  { type: 'spread', field: 'instanceId' },
  { type: 'binpack', field: 'cpu' },
  { type: 'binpack', field: 'memory' },
);
const expressions = ['attribute:rack == 1', 'runningTasksCount < 3', 'not(task:group == service:api)'];

const requests = fc
  .record({
    count: fc.nat(20),
    launchType: fc.constantFrom('EC2', 'EC2', 'EXTERNAL', 'FARGATE'),
    reserves: fc.record({
      cpuUnits: fc.integer({ min: 0, max: 800 }),
      memoryMiB: fc.integer({ min: 1, max: 1500 }),
      tcpPorts: fc.oneof(fc.constant([]), fc.constant([80]), fc.constant([80, 8080])),
      udpPorts: fc.oneof(fc.constant([]), fc.constant([53])),
      gpuCount: fc.constantFrom(0, 0, 0, 1, 2),
    }),
    constraints: fc.array(
      fc.oneof(
        fc.constant({ type: 'distinctInstance' } as const),
        fc.constantFrom(...expressions).map((expression) => ({ type: 'memberOf', expression }) as const),
      ),
      { maxLength: 2 },
    ),
    strategies: fc.array(strategy, { maxLength: 5 }),
    group,
    zones: fc.uniqueArray(zone, { maxLength: 2 }),
    awsvpc: fc.boolean(),
    provider: fc.constantFrom(undefined, undefined, 'a'),
  })
  .map(({ awsvpc, zones, provider, ...traits }) => {
    const capacityProvider = traits.launchType === 'EC2' ? provider : undefined;
    const interfaces = awsvpc && traits.launchType === 'EC2' ? 1 : undefined;
    return request({
      ...traits,
      ...(awsvpc ? { zones } : {}),
      ...(interfaces === undefined ? {} : { interfaces }),
      ...(capacityProvider === undefined ? {} : { capacityProvider }),
    });
  });

/** Replays the placements one at a time, with bookkeeping of its own, and checks every rule before each. */
function audit(views: readonly HostView[], wanted: PlacementRequest, { placed, gpuIds }: PlacementResult): void {
  const books = new Map(
    views.map((view) => [
      view.arn as string,
      { view, tasks: 0, tcp: [...view.usedTcpPorts], udp: [...view.usedUdpPorts], gpus: [] as string[] },
    ]),
  );
  expect(gpuIds).toHaveLength(wanted.reserves.gpuCount === 0 ? 0 : placed.length);
  for (const [index, arn] of placed.entries()) {
    const book = books.get(arn)!;
    const { view } = book;
    const given = gpuIds[index] ?? [];
    expect(given).toHaveLength(wanted.reserves.gpuCount);
    book.gpus.push(...given);
    const already = view.tasksByGroup.get(wanted.group) ?? 0;
    expect(view.status).toBe('ACTIVE');
    expect(view.agentConnected).toBe(true);
    if (wanted.capacityProvider !== undefined) expect(view.capacityProviderName).toBe(wanted.capacityProvider);
    expect(view.external).toBe(wanted.launchType === 'EXTERNAL');
    for (const constraint of wanted.constraints) {
      if (constraint.type === 'distinctInstance') expect(already + book.tasks).toBe(0);
      else {
        const now = {
          ...view,
          runningTasksCount: view.runningTasksCount + book.tasks,
          tasksByGroup: new Map(view.tasksByGroup).set(wanted.group, already + book.tasks),
        };
        expect(parseQuery(constraint.expression).accepts(now)).toBe(true);
      }
    }
    book.tasks += 1;
    book.tcp.push(...wanted.reserves.tcpPorts);
    book.udp.push(...wanted.reserves.udpPorts);
    expect(book.tasks * wanted.reserves.cpuUnits).toBeLessThanOrEqual(view.freeCpuUnits);
    expect(book.tasks * wanted.reserves.memoryMiB).toBeLessThanOrEqual(view.freeMemoryMiB);
    expect(view.freeGpuIds).toEqual(expect.arrayContaining(book.gpus));
    expect(new Set(book.gpus).size).toBe(book.gpus.length);
    expect(book.tasks * (wanted.interfaces ?? 0)).toBeLessThanOrEqual(view.freeInterfaces);
    expect(new Set(book.tcp).size).toBe(book.tcp.length);
    expect(new Set(book.udp).size).toBe(book.udp.length);
  }
}

test('never over-commits, never doubles a port, honours every constraint', () => {
  fc.assert(
    fc.property(hosts, requests, fc.nat(), (views, wanted, seed) => {
      audit(views, wanted, placeOn(views, wanted, new SeededRandom(seed)));
    }),
    { numRuns: 1000 },
  );
});

test('every task goes to one of the best hosts, and none is left out that had one', () => {
  fc.assert(
    fc.property(hosts, requests, fc.nat(), (views, wanted, seed) => {
      const { placed } = placeOn(views, wanted, new SeededRandom(seed));
      let now: readonly HostView[] = views;
      for (const arn of placed) {
        expect(bestHosts(now, wanted).map((view) => view.arn)).toContain(arn);
        now = afterTask(now, arn, wanted);
      }
      if (placed.length < wanted.count) expect(bestHosts(now, wanted)).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

test('places all, or explains every host and leaves none that would take one more', () => {
  fc.assert(
    fc.property(hosts, requests, fc.nat(), (views, wanted, seed) => {
      const result = placeOn(views, wanted, new SeededRandom(seed));
      expect(result.placed.length).toBeLessThanOrEqual(wanted.count);
      const { capacityProvider } = wanted;
      const asked = views.filter(
        (view) => capacityProvider === undefined || view.capacityProviderName === capacityProvider,
      );
      expect(result.refusals).toHaveLength(result.placed.length === wanted.count ? 0 : asked.length);
      const left = result.refusals.map(({ host: view }) => view);
      expect(placeOn(left, { ...wanted, count: 1 }, new SeededRandom(seed)).placed).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('the same hosts, request and seed give the same answer', () => {
  fc.assert(
    fc.property(hosts, requests, fc.nat(), (views, wanted, seed) => {
      const answer = () => placeOn(views, wanted, new SeededRandom(seed));
      expect(answer()).toEqual(answer());
    }),
  );
});

test('spread within one call is even over the values when there is room everywhere', () => {
  const field = fc.constantFrom('attribute:ecs.availability-zone', 'attribute:rack', 'instanceId');
  const traits = fc.record({
    availabilityZone: zone,
    attributes: fc.dictionary(fc.constant('rack'), fc.constantFrom('1', '2')),
  });
  fc.assert(
    fc.property(
      fc.array(traits, { minLength: 1, maxLength: 9 }),
      field,
      fc.nat(40),
      fc.nat(),
      (all, spread, count, seed) => {
        const views = all.map((each, index) =>
          host(`h${index}`, { ...each, freeCpuUnits: 100_000, freeMemoryMiB: 100_000 }),
        );
        const wanted = request({ count, strategies: [{ type: 'spread', field: spread }] });
        const { placed } = placeOn(views, wanted, new SeededRandom(seed));
        const valueOf = (view: HostView) =>
          spread === 'instanceId'
            ? view.arn
            : String(view.attributes.find(({ name }) => `attribute:${name}` === spread)?.value);
        const counts = new Map(views.map((view) => [valueOf(view), 0]));
        for (const arn of placed) {
          const value = valueOf(views.find((view) => view.arn === arn)!);
          counts.set(value, counts.get(value)! + 1);
        }
        expect(placed).toHaveLength(count);
        expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('binpack takes a fullest host that still fits', () => {
  fc.assert(
    fc.property(hosts, fc.constantFrom('cpu', 'memory'), fc.nat(), (views, field, seed) => {
      const wanted = request({ strategies: [{ type: 'binpack', field }] });
      const [chosen] = placeOn(views, wanted, new SeededRandom(seed)).placed;
      const freeOf = (view: HostView) => (field === 'cpu' ? view.freeCpuUnits : view.freeMemoryMiB);
      const feasible = views.filter(
        (view) =>
          view.status === 'ACTIVE' &&
          view.agentConnected &&
          !view.external &&
          view.freeCpuUnits >= 256 &&
          view.freeMemoryMiB >= 512,
      );
      const found = views.find((view) => view.arn === chosen);
      expect(found === undefined ? undefined : freeOf(found)).toBe(
        feasible.length === 0 ? undefined : Math.min(...feasible.map(freeOf)),
      );
    }),
  );
});
