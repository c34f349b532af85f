import { createSecretKey } from 'node:crypto';
import { Ids, instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import { ownMachines } from '#capacity';
import { LogStore, MemoryLogDisk } from '#logs';
import { type AccountId, type Region, rootArn, type Scope } from '#model';
import { createCertificateAuthority, createSealer } from '#pki';
import { HostIndex } from '#scheduler';
import { createTotals, MemoryDisk, MemoryJournal, openStore, ownership, type RoadsteadStore, schema } from '#store';
import { UsageWindow } from '#telemetry';
import { defaultQuotas, type Operation, type OperationContext } from '../../operation.ts';
import { ShownRecords } from '../../shown-records.ts';

const masterKey = new Uint8Array(32);

/** For tests: operations called one after the other on a store of their own, time moving one second per call. */
export class TestApi implements AsyncDisposable {
  readonly store: RoadsteadStore;
  readonly scope: Scope;
  readonly #ids = new Ids(new SeededRandom(1));
  #seconds = 1_700_000_000;

  private constructor(store: RoadsteadStore, scope: Scope) {
    this.store = store;
    this.scope = scope;
  }

  static async open(scope: Partial<{ accountId: string; region: string }> = {}): Promise<TestApi> {
    const store = await openStore(schema, {
      journal: new MemoryJournal(new MemoryDisk()),
      logger: silentLogger,
      ownership,
    });
    return new TestApi(store, {
      accountId: (scope.accountId ?? '000000000000') as AccountId,
      region: (scope.region ?? 'us-east-1') as Region,
    });
  }

  /** The same store, seen by another account or in another region. */
  as(scope: Partial<{ accountId: string; region: string }>): TestApi {
    return new TestApi(this.store, { ...this.scope, ...(scope as Partial<Scope>) });
  }

  /** The answer as a client reads it: JSON, so that absent members are absent. */
  async call<T = Record<string, unknown>>(operation: Operation, input: unknown): Promise<T> {
    const output = await operation.run(this.store, input, this.context());
    return JSON.parse(JSON.stringify(output)) as T;
  }

  context(): OperationContext {
    const now = instantFromMs(this.#seconds++ * 1000);
    const totals = createTotals();
    return {
      scope: this.scope,
      principal: { type: 'root', accountId: this.scope.accountId, arn: rootArn(this.scope.accountId) },
      now,
      ids: this.#ids,
      requestId: 'request',
      endpoint: 'http://127.0.0.1:4566',
      settings: {
        version: '0.0.0',
        region: this.scope.region,
        startedAt: now,
        quotas: defaultQuotas,
        publicAddresses: { cidrBlocks: [] },
        pageTokenKey: createSecretKey(new Uint8Array(32)),
      },
      totals,
      shown: { tasks: new ShownRecords(1), services: new ShownRecords(1) },
      hosts: new HostIndex(totals.instances),
      groups: ownMachines,
      logs: new LogStore({ disk: new MemoryLogDisk(), clock: new ManualClock(now), logger: silentLogger }),
      sessions: { open: noSession, requestOf: noSession, resume: noSession, terminate: noSession },
      authority: createCertificateAuthority({ masterKey, now }, { ids: this.#ids }),
      privateKeys: createSealer(masterKey, 'test'),
      usage: new UsageWindow({ clock: new ManualClock(now) }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}

function noSession(): never {
  throw new Error('a session was opened');
}
