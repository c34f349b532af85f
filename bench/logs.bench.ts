import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '#base';
import { FileLogDisk, LogStore, type NewLogEvent } from '#logs';
import { SystemClock } from '../src/main/system-clock.ts';
import { BareLog } from './bare-log.ts';
import { against, type Benchmark, median, type Row } from './benchmark.ts';

const group = 'b'.repeat(32);
const callers = 64;
/** A line of 160 bytes is what a request log writes; twenty are what a driver gathers in a few seconds. */
const message = 'x'.repeat(160);
const batchEvents = 20;
/** The two take turns, so that what else the machine does hits both alike; the middle one of the rounds counts. */
const rounds = 7;
const batchesPerRound = 2_000;
const lonelyBatches = 100;
const searchLimit = 1_000;

/**
 * Durable batches of PutLogEvents' size by 64 streams at once, then by one alone; the peer is a bare file that groups of
 * the same callers append the same bytes to, one write and one fdatasync per group. Then pages are read back.
 */
export const benchmark: Benchmark = { name: 'logs', run };

async function run(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-bench-'));
  const bare = new BareLog(join(directory, 'bare'));
  const store = new LogStore({
    disk: new FileLogDisk({ directory: join(directory, 'logs') }),
    clock: new SystemClock(),
    logger: silentLogger,
  });
  try {
    for (let stream = 0; stream < callers; stream++) await store.createStream(group, `s${stream}`);
    const text = `${message}\n`.repeat(batchEvents);
    const put = async (turn: number): Promise<void> => {
      const { ok } = await store.append(group, `s${turn % callers}`, batch(turn));
      if (!ok) throw new Error('a stream is missing');
    };
    const rows = await measurePuts(put, () => bare.append(text));
    return [...rows, ...(await measureSearches(store))];
  } finally {
    await store[Symbol.asyncDispose]();
    bare.close();
    rmSync(directory, { recursive: true });
  }
}

let clockMs = 1_800_000_000_000;

function batch(turn: number): NewLogEvent[] {
  clockMs += 1;
  return Array.from({ length: batchEvents }, (_, index) => ({
    timestampMs: clockMs,
    message: `${turn} ${index} ${message}`.slice(0, message.length),
  }));
}

async function measurePuts(
  put: (turn: number) => Promise<void>,
  append: (turn: number) => Promise<void>,
): Promise<Row[]> {
  const measured: { readonly logs: Round; readonly bare: Round }[] = [];
  for (let round = 0; round < rounds; round++) {
    measured.push({ bare: await measureRound(append), logs: await measureRound(put) });
  }
  const steady = measured.slice(1);
  const middleOf = (of: (round: Round) => number): readonly [number, number] => [
    median(steady.map(({ logs }) => of(logs))),
    median(steady.map(({ bare }) => of(bare))),
  ];
  return [
    against(`durable events, ${callers} streams`, 'events/s', ...middleOf(({ eventsPerSecond }) => eventsPerSecond)),
    against('one batch alone, p50', 'ms', ...middleOf(({ lonelyP50Ms }) => lonelyP50Ms)),
  ];
}

interface Round {
  readonly eventsPerSecond: number;
  readonly lonelyP50Ms: number;
}

async function measureRound(act: (turn: number) => Promise<void>): Promise<Round> {
  let turn = 0;
  const started = performance.now();
  const caller = async (): Promise<void> => {
    while (turn < batchesPerRound) await act(turn++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const eventsPerSecond = (batchesPerRound * batchEvents) / ((performance.now() - started) / 1000);
  const tookMs: number[] = [];
  for (let lonely = 0; lonely < lonelyBatches; lonely++) {
    const begun = performance.now();
    await act(lonely);
    tookMs.push(performance.now() - begun);
  }
  return { eventsPerSecond, lonelyP50Ms: median(tookMs) };
}

async function measureSearches(store: LogStore): Promise<Row[]> {
  const stream = await store.findStream(group, 's7');
  const bounds = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: searchLimit };
  const newest = await medianOf(() =>
    store.search(group, { ...bounds, direction: 'backward', streams: new Set([stream?.number ?? 0]) }),
  );
  const rare = await medianOf(() =>
    store.search(group, { ...bounds, direction: 'forward', matches: (text) => text.startsWith('no such') }),
  );
  const stored = await store.storedBytes(group);
  return [
    { what: `the newest ${searchLimit} events of one stream in ${callers}`, value: newest, unit: 'ms' },
    { what: `one page of a search that finds nothing in ${Math.round(stored / 1e6)} MB`, value: rare, unit: 'ms' },
  ];
}

async function medianOf(act: () => Promise<unknown>): Promise<number> {
  const tookMs: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    const started = performance.now();
    await act();
    tookMs.push(performance.now() - started);
  }
  return median(tookMs);
}
