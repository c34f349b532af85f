import { createSecretKey } from 'node:crypto';
import { createApi, defaultQuotas, type Quotas, Throttle } from '#api';
import { Ids, instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import { type AutoScalingGroups, ownMachines } from '#capacity';
import { EventRecorder } from '#events';
import { LogStore, MemoryLogDisk } from '#logs';
import {
  type AccountId,
  type ContainerInstance,
  type ContainerInstanceArn,
  clusterArn,
  containerInstanceArn,
  platformAccountId,
  type Region,
  rootArn,
} from '#model';
import { HostIndex } from '#scheduler';
import {
  createTotals,
  MemoryDisk,
  MemoryJournal,
  openStore,
  ownership,
  type RoadsteadStore,
  schema,
  type Totals,
} from '#store';
import { UsageWindow } from '#telemetry';
import { createCodec, loadModel } from '#wire/aws';
import { testCertificates } from './certificates.ts';
import { testSessions } from './sessions.ts';

export const accountA = '111111111111' as AccountId;
export const accountB = '222222222222' as AccountId;
export const region = 'eu-west-1' as Region;

/** A value whose members a test reads without saying each time what they are. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted member by member
export type Answer = any;

export interface ApiHarness {
  readonly store: RoadsteadStore;
  readonly hosts: HostIndex;
  readonly totals: Totals;
  readonly clock: ManualClock;
  readonly ids: Ids;
  readonly logDisk: MemoryLogDisk;
  /** What agents would have told of their tasks. */
  readonly usage: UsageWindow;
  /** Calls an operation as the root of an account; the input and the output go through the wire's reader and writer. */
  readonly call: (
    operation: string,
    input?: object,
    as?: { accountId?: AccountId; region?: Region; service?: string },
  ) => Promise<Answer>;
  /** The subnets of an account's default VPC. */
  readonly subnets: (accountId?: AccountId) => Promise<string[]>;
  /** A host of a cluster, or of the Fargate pool. */
  readonly addHost: (options: {
    cluster?: string;
    pool?: 'fargate';
    cpuUnits?: number;
    memoryMiB?: number;
    zone?: string;
    gpuIds?: readonly string[];
    attributes?: Record<string, string>;
  }) => Promise<ContainerInstanceArn>;
}

/** The whole API over a store in memory, with a clock that stands still and seeded ids. */
export async function apiHarness(
  options: {
    readonly seed?: number;
    readonly throttle?: boolean;
    readonly quotas?: Partial<Quotas>;
    readonly groups?: AutoScalingGroups;
  } = {},
): Promise<ApiHarness> {
  const clock = new ManualClock(instantFromMs(1_800_000_000_000));
  const ids = new Ids(new SeededRandom(options.seed ?? 1));
  const totals = createTotals();
  const hosts = new HostIndex(totals.instances);
  const recorder = new EventRecorder({ kept: 1_000 }, { clock, ids, loads: totals.instances });
  const store = await openStore(schema, {
    journal: new MemoryJournal(new MemoryDisk()),
    logger: silentLogger,
    ownership,
    consequences: recorder.record,
    projections: [...Object.values(totals), hosts],
  });
  const settings = {
    version: 'test',
    region,
    startedAt: clock.now(),
    quotas: { ...defaultQuotas, ...options.quotas },
    publicAddresses: { cidrBlocks: ['203.0.113.0/24'] },
    pageTokenKey: createSecretKey(new Uint8Array(32)),
  };
  const logDisk = new MemoryLogDisk();
  const usage = new UsageWindow({ clock });
  const logs = new LogStore({ disk: logDisk, clock, logger: silentLogger });
  const api = createApi(settings, {
    store,
    totals,
    hosts,
    groups: options.groups ?? ownMachines,
    logs,
    ...testCertificates(clock.now()),
    sessions: testSessions({ clock, ids }),
    usage,
    clock,
    ids,
    ...(options.throttle === true ? { throttle: new Throttle() } : {}),
  });
  const model = loadModel();
  const codec = createCodec();

  const call: ApiHarness['call'] = async (name, input = {}, as = {}) => {
    const accountId = as.accountId ?? accountA;
    const service = model.services.get(as.service ?? 'ecs');
    const operation = service?.operations.get(name);
    if (service === undefined || operation === undefined) throw new Error(`no operation ${name}`);
    const route = { service, operation, protocol: 'awsJson1_1' as const };
    const output = await api.call({
      service: service.key,
      operation: name,
      input: codec.readInput(route, Buffer.from(JSON.stringify(input))),
      principal: { type: 'root', accountId, arn: rootArn(accountId) },
      region: as.region ?? region,
      requestId: 'request',
      endpoint: 'http://127.0.0.1:4566',
    });
    return JSON.parse(Buffer.from(codec.writeOutput(route, output, 'request').body as string).toString());
  };

  return {
    store,
    hosts,
    totals,
    clock,
    ids,
    logDisk,
    usage,
    call,
    subnets: async (accountId = accountA) => {
      const network = await call('DescribeNetwork', {}, { service: 'roadstead', accountId });
      return network.subnets.map((subnet: { subnetId: string }) => subnet.subnetId);
    },
    addHost: (options) =>
      store.update('api', (tx) => {
        const scope = { accountId: options.pool === undefined ? accountA : platformAccountId, region };
        const cluster = options.cluster ?? 'fargate';
        const arn = containerInstanceArn(scope, cluster, ids.hex(32));
        tx.containerInstances.put(testHost(arn, { ...scope, cluster, ...options, at: clock.now() }));
        return arn;
      }),
  };
}

/** The record of a host whose agent is connected. */
export function testHost(
  arn: ContainerInstanceArn,
  options: {
    accountId: AccountId;
    region: Region;
    cluster: string;
    pool?: 'fargate';
    cpuUnits?: number;
    memoryMiB?: number;
    zone?: string;
    gpuIds?: readonly string[];
    attributes?: Record<string, string>;
    at: ReturnType<ManualClock['now']>;
  },
): ContainerInstance {
  const scope = { accountId: options.accountId, region: options.region };
  const capabilities = [
    'ecs.capability.task-eni',
    'ecs.capability.container-health-check',
    'com.amazonaws.ecs.capability.docker-remote-api.1.18',
    'com.amazonaws.ecs.capability.docker-remote-api.1.19',
    'com.amazonaws.ecs.capability.docker-remote-api.1.21',
    'com.amazonaws.ecs.capability.docker-remote-api.1.24',
  ];
  return {
    ...scope,
    containerInstanceArn: arn,
    clusterArn: clusterArn(scope, options.cluster),
    ec2InstanceId: 'i-0123456789abcdef0',
    ...(options.pool === undefined ? {} : { pool: options.pool }),
    status: 'ACTIVE',
    resources: {
      cpuUnits: options.cpuUnits ?? 4096,
      memoryMiB: options.memoryMiB ?? 8192,
      reservedTcpPorts: [22],
      reservedUdpPorts: [],
      gpuIds: options.gpuIds ?? [],
    },
    attributes: [
      ...capabilities.map((name) => ({ name })),
      { name: 'ecs.availability-zone', value: options.zone ?? `${options.region}a` },
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.os-family', value: 'LINUX' },
      { name: 'ecs.cpu-architecture', value: 'x86_64' },
      ...Object.entries(options.attributes ?? {}).map(([name, value]) => ({ name, value })),
    ],
    versionInfo: { agentVersion: '1.0.0', dockerVersion: 'DockerVersion: 20.10.24' },
    registeredAt: options.at,
    tags: [],
    agentConnected: true,
    version: 1,
  };
}
