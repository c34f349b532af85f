import { expect, test } from 'vitest';
import { instantFromMs } from '#base';
import type { StatsSample } from '../runtime/port.ts';
import { type Gathered, gather } from './gathered.ts';
import { readingOf, type UsageReading } from './reading.ts';

const host = { cpuUnits: 2048 };
const none = { rx_packets: 0, rx_errors: 0, rx_dropped: 0, tx_packets: 0, tx_errors: 0, tx_dropped: 0 };
const at = (second: number) => instantFromMs(1_760_000_000_000 + second * 1000);

function sample(cpuSeconds: number, rx: number, written: number): StatsSample {
  return {
    cpu_stats: { cpu_usage: { total_usage: cpuSeconds * 1e9 } },
    memory_stats: { usage: 30 * 1024 ** 2, stats: { cache: 10 * 1024 ** 2, inactive_file: 1 } },
    networks: { eth0: { ...none, rx_bytes: rx, tx_bytes: 1 }, eth1: { ...none, rx_bytes: 0, tx_bytes: 1 } },
    blkio_stats: {
      io_service_bytes_recursive: [
        { op: 'Read', value: 5 },
        { op: 'Write', value: written },
        { op: 'Total', value: written + 5 },
      ],
    },
  };
}

function gathered(...readings: readonly UsageReading[]): Gathered {
  let [sets, before]: [Gathered, UsageReading | undefined] = [{}, undefined];
  for (const reading of readings) {
    sets = gather(sets, before, reading, host);
    before = reading;
  }
  return sets;
}

test('memory is known at once, everything that counts from two readings on', () => {
  expect(gathered(readingOf(sample(1, 0, 0), undefined, at(0)))).toEqual({
    memoryStatsSet: { min: 20, max: 20, sampleCount: 1, sum: 20 },
  });
});

test('CPU is percent of what the host offers, traffic and storage what went by between readings', () => {
  const sets = gathered(
    readingOf(sample(1, 1000, 100), undefined, at(0)),
    readingOf(sample(6, 3000, 100), undefined, at(10)),
    readingOf(sample(7, 3500, 700), undefined, at(20)),
  );
  // Half a processor and then a tenth, on a host that offers two.
  expect(sets.cpuStatsSet).toEqual({ min: 5, max: 25, sampleCount: 2, sum: 30 });
  expect(sets.memoryStatsSet?.sampleCount).toBe(3);
  expect(sets.networkStatsSet).toMatchObject({
    rxBytes: { min: 500, max: 2000, sampleCount: 2, sum: 2500 },
    txBytes: { min: 0, max: 0, sampleCount: 2, sum: 0 },
    rxBytesPerSecond: { min: 50, max: 200, sampleCount: 2, sum: 250 },
  });
  expect(sets.storageStatsSet).toEqual({
    readSizeBytes: { min: 0, max: 0, sampleCount: 2, sum: 0 },
    writeSizeBytes: { min: 0, max: 600, sampleCount: 2, sum: 600 },
  });
});

test('a counter that began anew is passed over, and counted from there', () => {
  const sets = gathered(
    readingOf(sample(9, 9000, 9000), undefined, at(0)),
    readingOf(sample(1, 10, 10), undefined, at(10)),
  );
  expect(Object.keys(sets)).toEqual(['memoryStatsSet']);
});

test("a task's own interface stands for the container's, and the host's network for none", () => {
  const first = readingOf(sample(1, 0, 0), { eth1: { ...none, rx_bytes: 7, tx_bytes: 8 } }, at(0));
  expect(first.network).toMatchObject({ rxBytes: 7, txBytes: 8 });
  expect(readingOf(sample(1, 0, 0), null, at(0))).not.toHaveProperty('network');
});

test.each([{}, { cpu_stats: null, memory_stats: {}, blkio_stats: { io_service_bytes_recursive: null } }])(
  'an engine that leaves everything out says nothing: %j',
  (text) => {
    const { at: _, ...known } = readingOf(text, undefined, at(0));
    expect(known).toEqual({});
  },
);

test('version 2 of control groups names what can be given back otherwise', () => {
  const memory = { memory_stats: { usage: 100, stats: { inactive_file: 40 } } };
  expect(readingOf(memory, undefined, at(0)).memoryBytes).toBe(60);
});
