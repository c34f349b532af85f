import { readFileSync, writeFileSync } from 'node:fs';
import { type Logger, silentLogger } from '#base';
import type { Task } from '#model';
import { createTotals, openStore, type RoadsteadStore, SqliteJournal, schema } from '#store';
import { watchTurns } from './main-thread.ts';
import { TaskPopulation } from './task-population.ts';

/** The parts of `restart.bench.ts` that need a process of their own; each prints its figures as JSON. */
const [part = '', directory = '', bodies = '', count = '0'] = process.argv.slice(2);
const tasksPerTransaction = 20;
/** More commits than watchers are kept for: what came before is held by the tables alone. */
const forgotten = 17_000;

async function open(logger: Logger = silentLogger): Promise<RoadsteadStore> {
  const projections = Object.values(createTotals());
  return openStore(schema, { journal: new SqliteJournal({ directory }), logger, projections });
}

/** All that the process holds for its objects, MB, after a collection. */
function heldMB(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

/** Stores the population, step by step as the control plane does, and writes the bodies for the others. */
async function fill(): Promise<object> {
  const population = new TaskPopulation(Number(count));
  const before = heldMB();
  const store = await open();
  for (let from = 0; from < population.count; from += tasksPerTransaction) await startTasks(store, population, from);
  for (let i = 0; i < forgotten; i += 50) await Promise.all(Array.from({ length: 50 }, () => touchAccount(store)));
  const heldAfter = heldMB() - before;
  writeFileSync(bodies, [...store.view.tasks.all()].map((task) => JSON.stringify(task)).join('\n'));
  await store.close();
  return { heldMB: heldAfter };
}

async function startTasks(store: RoadsteadStore, population: TaskPopulation, from: number): Promise<void> {
  const arns: Task['taskArn'][] = [];
  const step = (writer: string, make: (index: number) => Task): Promise<void> =>
    store.update(writer, (tx) => {
      for (let index = from; index < from + tasksPerTransaction; index++) {
        const task = make(index);
        arns[index - from] = task.taskArn;
        tx.tasks.put(task);
      }
    });
  const find = (index: number): Task => store.view.tasks.get(arns[index - from] ?? '');
  await step('service', (index) => population.created(index));
  await step('interfaces', (index) => population.attached(find(index), index));
  await step('dispatch', (index) => population.running(find(index), index));
}

/** A change of one small record, or of one with so long a text. */
function touchAccount(store: RoadsteadStore, length = 0): Promise<void> {
  return store.update('bootstrap', (tx) => {
    const name = String(tx.revision).padEnd(length, 'x');
    tx.accounts.put({ accountId: 'bench', name } as never);
  });
}

/** From nothing to the first page of tasks read. */
async function restart(): Promise<object> {
  const before = heldMB();
  const started = performance.now();
  const store = await open();
  const page = await store.read(({ tasks }) => {
    const [cluster = ''] = tasks.values('cluster');
    return tasks.page('cluster', cluster, { limit: 100 }).records;
  });
  const ms = performance.now() - started;
  const heldAfter = heldMB() - before;
  const answered = page.length;
  await store.close();
  return { ms, heldMB: heldAfter, answered };
}

/** What a snapshot of everything does to the main thread; it begins once the journal is as long as the last one. */
async function snapshot(): Promise<object> {
  const seen = { snapshots: 0 };
  const debug = (message: string): void => {
    if (message === 'snapshot written') seen.snapshots++;
  };
  const store = await open({ ...silentLogger, debug, child: () => ({ ...silentLogger, debug }) });
  const turns = watchTurns();
  while (seen.snapshots === 0) await touchAccount(store, 256 * 1024);
  const longestTurnMs = turns.end();
  await store.close();
  return { longestTurnMs };
}

function parse(): object {
  const texts = readTexts();
  const before = heldMB();
  const started = performance.now();
  const parsed = texts.map((text): unknown => JSON.parse(text));
  const ms = performance.now() - started;
  return { ms, heldMB: heldMB() - before, size: parsed.length, of: texts.length };
}

/** Flat texts of their own, as a reader of a file would have them. */
function readTexts(): readonly string[] {
  const texts = readFileSync(bodies, 'latin1').split('\n');
  return texts.map((text) => Buffer.from(text, 'latin1').toString('latin1'));
}

const parts: Readonly<Record<string, () => object | Promise<object>>> = { fill, restart, snapshot, parse };
console.log(JSON.stringify(await parts[part]?.()));
