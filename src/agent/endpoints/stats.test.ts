import { expect, test } from 'vitest';
import { instantFromMs, ManualClock, silentLogger } from '#base';
import type { StatsOptions } from '../runtime/port.ts';
import { parseInterfaces } from './interface-counters.ts';
import { statsIdleMs } from './limits.ts';
import { type Interfaces, StatsWatch } from './stats.ts';

const year1 = '0001-01-01T00:00:00Z';

function interfaces(rx: number, tx: number): Interfaces {
  const none = { rx_packets: 0, rx_errors: 0, rx_dropped: 0, tx_packets: 0, tx_errors: 0, tx_dropped: 0 };
  return { eth0: { rx_bytes: rx, tx_bytes: tx, ...none } };
}

function setUp() {
  const clock = new ManualClock(instantFromMs(1_760_000_000_000));
  const streams: (StatsOptions & { end: () => void })[] = [];
  const own = { interfaces: interfaces(0, 0) };
  const watch = new StatsWatch({
    runtime: {
      watchStats: async (options) => {
        const { promise: ended, resolve } = Promise.withResolvers<void>();
        streams.push({ ...options, end: resolve });
        options.signal.addEventListener('abort', () => resolve());
        return { ended };
      },
      inspectContainer: async () => ({ pid: 7 }) as never,
    },
    readInterfaces: async () => own.interfaces,
    clock,
    log: silentLogger,
  });
  return { clock, streams, own, watch };
}

/** Lets promises settle. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

test('the first sample that compares with one before is waited for, and rates follow from two', async () => {
  const { clock, streams, watch } = setUp();
  const asked = watch.of({ runtimeId: 'c1' });
  await settle();
  streams[0]?.onSample({ preread: year1, networks: interfaces(0, 1000) });
  await settle();
  clock.advanceMs(1000);
  streams[0]?.onSample({ preread: 'x', networks: interfaces(500, 3000) });
  expect(await asked).toEqual({
    sample: { preread: 'x', networks: interfaces(500, 3000) },
    rates: { rx_bytes_per_sec: 500, tx_bytes_per_sec: 2000 },
  });
  expect((await watch.of({ runtimeId: 'c1' }))?.sample['preread']).toBe('x');
  expect(streams).toHaveLength(1);
});

test('an awsvpc task’s container has the counters of the task’s interface', async () => {
  const { clock, streams, own, watch } = setUp();
  const asked = watch.of({ runtimeId: 'c1', namespaceId: 'pause' });
  await settle();
  streams[0]?.onSample({ preread: year1 });
  await settle();
  clock.advanceMs(2000);
  own.interfaces = interfaces(4000, 0);
  streams[0]?.onSample({ preread: 'x' });
  expect(await asked).toMatchObject({
    sample: { networks: interfaces(4000, 0) },
    rates: { rx_bytes_per_sec: 2000, tx_bytes_per_sec: 0 },
  });
});

test('a container that nobody asks about any more is not followed', async () => {
  const { clock, streams, watch } = setUp();
  const asked = watch.of({ runtimeId: 'c1' });
  await settle();
  streams[0]?.onSample({ preread: 'x' });
  await asked;
  clock.advanceMs(statsIdleMs - 1);
  await watch.of({ runtimeId: 'c1' });
  clock.advanceMs(statsIdleMs - 1);
  expect(streams[0]?.signal.aborted).toBe(false);
  clock.advanceMs(1);
  expect(streams[0]?.signal.aborted).toBe(true);
  void watch.of({ runtimeId: 'c1' });
  await settle();
  expect(streams).toHaveLength(2);
  watch[Symbol.dispose]();
  await settle();
  expect(streams[1]?.signal.aborted).toBe(true);
  expect(clock.nextTimerAt()).toBeUndefined();
});

test('a container that ends, or gives no sample, has no statistics', async () => {
  const { clock, streams, watch } = setUp();
  const ended = watch.of({ runtimeId: 'c1' });
  await settle();
  streams[0]?.end();
  expect(await ended).toBeUndefined();
  const silent = watch.of({ runtimeId: 'c2' });
  await settle();
  clock.advanceMs(4000);
  expect(await silent).toBeUndefined();
});

test('the kernel’s table of interfaces', () => {
  const table = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
  eth0: 14886      11    1    2    0     0          0         0     2600      17    3    4    0     0       0          0
`;
  expect(parseInterfaces(table)).toEqual({
    eth0: {
      rx_bytes: 14_886,
      rx_packets: 11,
      rx_errors: 1,
      rx_dropped: 2,
      tx_bytes: 2600,
      tx_packets: 17,
      tx_errors: 3,
      tx_dropped: 4,
    },
  });
});
