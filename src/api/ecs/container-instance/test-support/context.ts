import { createSecretKey } from 'node:crypto';
import { Ids, type Instant, instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import { ownMachines } from '#capacity';
import { LogStore, MemoryLogDisk } from '#logs';
import {
  type AccountId,
  type ContainerInstanceArn,
  clusterArn,
  newTask,
  placeTask,
  type Region,
  rootArn,
  type Scope,
  type Task,
  type TaskDefinition,
  taskDefinitionArn,
} from '#model';
import { HostIndex } from '#scheduler';
import { createTotals, MemoryJournal, openStore, ownership, type RoadsteadStore, schema } from '#store';
import { UsageWindow } from '#telemetry';
import { testCertificates } from '../../../../../test/support/certificates.ts';
import { standaloneSpec } from '../../../../../test/support/definitions.ts';
import { noSessions } from '../../../../../test/support/sessions.ts';
import { defaultQuotas, type Operation, type OperationContext } from '../../../operation.ts';
import { ShownRecords } from '../../../shown-records.ts';

/** A store in memory and the circumstances of calls to it, for tests. */
export interface TestApi {
  readonly store: RoadsteadStore;
  readonly scope: Scope;
  readonly context: OperationContext;
  /** Runs an operation as the root of an account. */
  run(operation: Operation, input: object, overrides?: Partial<OperationContext>): Promise<unknown>;
}

export const testScope: Scope = { accountId: '111122223333' as AccountId, region: 'eu-west-1' as Region };
export const testNow: Instant = instantFromMs(1_800_000_000_000);

/** The same circumstances, in another account. */
export function asAccount(accountId: AccountId): Pick<OperationContext, 'scope' | 'principal'> {
  return {
    scope: { ...testScope, accountId },
    principal: { type: 'root', accountId, arn: rootArn(accountId) },
  };
}

/** A task of one container, on the instance. */
export function testTask(on: ContainerInstanceArn, container: object): Task {
  const definition: TaskDefinition = {
    ...testScope,
    taskDefinitionArn: taskDefinitionArn(testScope, 'web', 1),
    family: 'web',
    revision: 1,
    status: 'ACTIVE',
    containerDefinitions: [{ name: 'app', image: 'i', ...container }],
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [],
    compatibilities: ['EC2'],
    registeredAt: testNow,
    registeredBy: 'me',
    tags: [],
  };
  const spec = standaloneSpec(testScope, clusterArn(testScope, 'default'));
  return placeTask(newTask(definition, spec, testNow, new Ids(new SeededRandom(9))), on, undefined);
}

export async function testApi(): Promise<TestApi> {
  const totals = createTotals();
  const hosts = new HostIndex(totals.instances);
  const store = await openStore(schema, {
    journal: new MemoryJournal(),
    logger: silentLogger,
    ownership,
    projections: [...Object.values(totals), hosts],
  });
  const context: OperationContext = {
    ...asAccount(testScope.accountId),
    now: testNow,
    ids: new Ids(new SeededRandom(3)),
    requestId: 'request',
    endpoint: 'http://127.0.0.1:4566',
    settings: {
      version: 'test',
      region: testScope.region,
      startedAt: testNow,
      quotas: defaultQuotas,
      publicAddresses: { cidrBlocks: [] },
      pageTokenKey: createSecretKey(new Uint8Array(32)),
    },
    totals,
    shown: { tasks: new ShownRecords(1), services: new ShownRecords(1) },
    hosts,
    groups: ownMachines,
    logs: new LogStore({ disk: new MemoryLogDisk(), clock: new ManualClock(testNow), logger: silentLogger }),
    sessions: noSessions,
    ...testCertificates(testNow),
    usage: new UsageWindow({ clock: new ManualClock(testNow) }),
  };
  return {
    store,
    scope: testScope,
    context,
    run: (operation, input, overrides = {}) => operation.run(store, input, { ...context, ...overrides }),
  };
}
