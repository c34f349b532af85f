import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '#base';
import { openStore, SqliteJournal, type Store, type TableDefinition } from '#store';
import { BareLog } from './bare-log.ts';
import { against, type Benchmark, median, type Row } from './benchmark.ts';
import { watchTurns } from './main-thread.ts';

interface Item {
  readonly id: string;
  readonly count: number;
  readonly status: string;
  readonly body: string;
}

const items: TableDefinition<Item, 'status'> = { key: ({ id }) => id, indexes: { status: ({ status }) => status } };
const schema = { items };

const records = 20_000;
const bodyLength = 1000;
const callers = 64;
/** The two take turns, so that what else the machine does hits both alike; the middle one of the rounds counts. */
const rounds = 9;
const updatesPerRound = 20_000;
const lonelyUpdatesPerRound = 200;

/**
 * Durable updates of one small record each: 64 callers at once, then one alone; the peer is a log file that a group of
 * the same callers appends the same bytes to, one write and one fdatasync per group, with nothing else around it.
 */
export const benchmark: Benchmark = { name: 'store', run };

async function run(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-bench-'));
  try {
    const rows = await measureUpdates(join(directory, 'store'), join(directory, 'log'));
    return [...rows, ...(await measureLoad(join(directory, 'store')))];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function measureUpdates(directory: string, logFile: string): Promise<Row[]> {
  const log = new BareLog(logFile);
  const store = await openStore(schema, { journal: new SqliteJournal({ directory }), logger: silentLogger });
  await fillStore(store);
  const update = (turn: number): Promise<void> =>
    store.update('bench', (tx) => {
      const item = tx.items.get(`item-${(turn * 7919) % records}`);
      tx.items.put({ ...item, count: item.count + 1, status: `s${turn % 5}` });
    });
  const append = (turn: number): Promise<void> => {
    const change = ['u', 'items', `item-${turn % records}`, { count: turn, status: 's1' }, []];
    return log.append(JSON.stringify([turn, 'bench', [change]]));
  };
  const measured: { readonly store: Round; readonly log: Round }[] = [];
  for (let round = 0; round < rounds; round++) {
    measured.push({ log: await measureRound(append), store: await measureRound(update) });
  }
  await store.close();
  log.close();
  const steady = measured.slice(1);
  const middleOf = (of: (round: Round) => number): readonly [number, number] => [
    median(steady.map(({ store }) => of(store))),
    median(steady.map(({ log }) => of(log))),
  ];
  return [
    against('durable updates, 64 callers', 'updates/s', ...middleOf(({ perSecond }) => perSecond)),
    against('one durable update alone, p50', 'ms', ...middleOf(({ lonelyP50Ms }) => lonelyP50Ms)),
    against('longest turn of the main thread, CPU time', 'ms', ...middleOf(({ longestTurnMs }) => longestTurnMs)),
  ];
}

interface Round {
  readonly perSecond: number;
  readonly lonelyP50Ms: number;
  /** CPU time, so that other processes do not count. */
  readonly longestTurnMs: number;
}

async function measureRound(act: (turn: number) => Promise<void>): Promise<Round> {
  const turns = watchTurns();
  const perSecond = await measureRate(act, updatesPerRound);
  return { perSecond, longestTurnMs: turns.end(), lonelyP50Ms: await measureLonely(act) };
}

async function fillStore(store: Store<typeof schema>): Promise<void> {
  for (let i = 0; i < records; i += 500) {
    await store.update('bench', (tx) => {
      for (let n = i; n < i + 500; n++) {
        tx.items.put({ id: `item-${n}`, count: 0, status: 's0', body: 'x'.repeat(bodyLength) });
      }
    });
  }
}

async function measureLoad(directory: string): Promise<Row[]> {
  const started = performance.now();
  const store = await openStore(schema, { journal: new SqliteJournal({ directory }), logger: silentLogger });
  const tookMs = performance.now() - started;
  const { size } = store.view.items;
  await store.close();
  return [{ what: `load ${size} records of 1 KB`, value: tookMs, unit: 'ms' }];
}

async function measureRate(act: (turn: number) => Promise<void>, count: number): Promise<number> {
  let turn = 0;
  const started = performance.now();
  const caller = async (): Promise<void> => {
    while (turn < count) await act(turn++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return count / ((performance.now() - started) / 1000);
}

async function measureLonely(act: (turn: number) => Promise<void>): Promise<number> {
  const tookMs: number[] = [];
  for (let turn = 0; turn < lonelyUpdatesPerRound; turn++) {
    const started = performance.now();
    await act(turn);
    tookMs.push(performance.now() - started);
  }
  return median(tookMs);
}
