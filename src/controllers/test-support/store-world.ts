import { type Instant, type Logger, ManualClock, SeededRandom, silentLogger, Turnstile } from '#base';
import { type AutoScalingGroups, ownMachines } from '#capacity';
import type { Service, Task, TaskArn } from '#model';
import { HostIndex } from '#scheduler';
import {
  createTotals,
  MemoryDisk,
  MemoryJournal,
  openStore,
  ownership,
  type RoadsteadStore,
  type RoadsteadTx,
  schema,
} from '#store';
import { testReissue } from '../../../test/support/certificates.ts';
import type { ControllersRun } from '../runner.ts';
import { type ControllerSettings, startControllers } from '../start.ts';
import { start } from './records.ts';

/** A store on a memory disk with all loops running under a clock that a test moves. */
export interface StoreWorld extends AsyncDisposable {
  readonly store: RoadsteadStore;
  readonly disk: MemoryDisk;
  readonly clock: ManualClock;
  readonly run: ControllersRun;
  readonly now: () => Instant;
  write(change: (tx: RoadsteadTx) => void, writer?: string): Promise<void>;
  task(arn: TaskArn): Task;
  service(arn: string): Service;
  /** Waits for the loops to make it so. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Waits until no loop has anything left to do. */
  idle(): Promise<void>;
}

const endpointCertificates = {
  issue: (name: string) => Promise.resolve({ certificate: name, chain: 'authority', sealedPrivateKey: 'key' }),
};

/** Tests write what users, agents and the first start would have written. */
const anyone = 'test';

export async function openStoreWorld(
  options: {
    readonly settings?: Partial<ControllerSettings>;
    readonly seed?: number;
    readonly logger?: Logger;
    readonly groups?: AutoScalingGroups;
  } = {},
): Promise<StoreWorld> {
  const clock = new ManualClock(start);
  const random = new SeededRandom(options.seed ?? 1);
  const disk = new MemoryDisk();
  const totals = createTotals();
  const hosts = new HostIndex(totals.instances);
  const store = await openStore(schema, {
    journal: new MemoryJournal(disk),
    logger: silentLogger,
    ownership: allowing(anyone),
    projections: [...Object.values(totals), hosts],
  });
  const groups = options.groups ?? ownMachines;
  const settings = { healthySettleMs: 0, ...options.settings };
  const logger = options.logger ?? silentLogger;
  const turns = new Turnstile({ turnMs: 4 }, { clock });
  turns.open();
  const run = startControllers(settings, {
    store,
    hosts,
    totals,
    alarms: { find: () => undefined },
    groups,
    traffic: { inPlace: () => true },
    rules: { heard: () => true },
    endpointCertificates,
    publicAddresses: { cidrBlocks: ['203.0.113.0/24'] },
    loads: { find: () => undefined },
    reissue: testReissue(start),
    clock,
    random,
    logger,
    turns,
  });
  return {
    store,
    disk,
    clock,
    run,
    now: () => clock.now(),
    write: async (change, writer = anyone) => {
      await store.update(writer, (tx) => {
        change(tx);
        return undefined;
      });
    },
    task: (arn) => store.view.tasks.get(arn),
    service: (arn) => store.view.services.get(arn),
    until: (what, condition) => until(what, condition),
    idle: async () => {
      let quiet = 0;
      await until('idle', () => {
        const busy = [...run.counts().values()].some(({ depth }) => depth > 0);
        quiet = busy || store.durableRevision < store.revision ? 0 : quiet + 1;
        return quiet > 10;
      });
    },
    [Symbol.asyncDispose]: async () => {
      await run[Symbol.asyncDispose]();
      await store.close();
    },
  };
}

/** The real ownership, in which one more writer may write all. */
function allowing(writer: string): typeof ownership {
  const entries = Object.entries(ownership).map(([table, rules]) => {
    const fields = Object.fromEntries(
      Object.entries({ '*': [], ...rules.fields }).map(([field, writers]) => [field, [...writers, writer]]),
    );
    return [table, { create: [...rules.create, writer], delete: [...rules.delete, writer], fields }];
  });
  return Object.fromEntries(entries) as typeof ownership;
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`it never happened: ${what}`);
}
