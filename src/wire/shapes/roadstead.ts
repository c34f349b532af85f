import type { MemberEntry, ServiceSnapshot, ShapeEntry } from '../aws/snapshot.ts';

/**
 * Roadstead's own service, for what AWS has no word for: accounts, the default network, the platform itself. The form
 * is that of the generated snapshots. {@link RoadsteadOperations} has the same in TypeScript for its handlers.
 */

const text = 0;
const number = 1;
const boolean = 2;
const time = 4;

function structure(members: Readonly<Record<string, MemberEntry>>, required = 0): ShapeEntry {
  return { kind: 'structure', members, ...(required > 0 ? { required } : {}) };
}

function listOf(member: MemberEntry): ShapeEntry {
  return { kind: 'list', member };
}

export const roadstead: ServiceSnapshot = {
  generated: 'written by hand',
  service: {
    key: 'roadstead',
    title: 'Roadstead',
    signingName: 'roadstead',
    hostPrefix: 'roadstead',
    protocols: ['awsJson1_1'],
    targetPrefixes: ['Roadstead_20261121'],
    version: '2026-11-21',
    validationError: 'InvalidParameterException',
  },
  operations: {
    CreateAccount: { input: 'CreateAccountRequest', output: 'CreateAccountResponse' },
    ListAccounts: { input: 'ListAccountsRequest', output: 'ListAccountsResponse' },
    DescribeNetwork: { input: 'DescribeNetworkRequest', output: 'DescribeNetworkResponse' },
    ListEvents: { input: 'ListEventsRequest', output: 'ListEventsResponse' },
    DescribePlatform: { input: 'DescribePlatformRequest', output: 'DescribePlatformResponse' },
    DescribeUsage: { input: 'DescribeUsageRequest', output: 'DescribeUsageResponse' },
    InterruptSpot: { input: 'InterruptSpotRequest', output: 'InterruptSpotResponse' },
  },
  shapes: {
    CreateAccountRequest: structure({ name: text }, 1),
    CreateAccountResponse: structure({
      account: 'Account',
      accessKeyId: text,
      secretAccessKey: { target: text, traits: { sensitive: 1 } },
    }),
    Account: structure({ accountId: text, name: text, createdAt: time }),
    ListAccountsRequest: structure({}),
    ListAccountsResponse: structure({ accounts: 'Accounts' }),
    Accounts: listOf('Account'),
    ListEventsRequest: structure({ maxResults: number, nextToken: text }),
    ListEventsResponse: structure({ events: 'Events', nextToken: text }),
    Events: listOf('Event'),
    Event: structure({
      id: text,
      detailType: text,
      source: text,
      account: text,
      time: text,
      region: text,
      resources: 'Texts',
      detail: text,
    }),
    Texts: listOf(text),
    DescribeNetworkRequest: structure({}),
    DescribeNetworkResponse: structure({
      vpcId: text,
      cidrBlock: text,
      subnets: 'Subnets',
      securityGroups: 'SecurityGroups',
    }),
    Subnets: listOf('Subnet'),
    Subnet: structure({ subnetId: text, cidrBlock: text, availabilityZone: text }),
    SecurityGroups: listOf('SecurityGroup'),
    SecurityGroup: structure({ groupId: text, groupName: text }),
    DescribePlatformRequest: structure({}),
    DescribePlatformResponse: structure({
      version: text,
      region: text,
      startedAt: time,
      hosts: 'Hosts',
      counts: 'Counts',
    }),
    Hosts: listOf('Host'),
    Host: structure({
      arn: text,
      instanceId: text,
      pool: text,
      availabilityZone: text,
      status: text,
      agentConnected: boolean,
      cpuUnits: number,
      memoryMiB: number,
      remainingCpuUnits: number,
      remainingMemoryMiB: number,
      runningTasks: number,
      agentVersion: text,
      dockerVersion: text,
    }),
    Counts: structure({ clusters: number, services: number, tasks: number, hosts: number }),
    DescribeUsageRequest: structure({ cluster: text, tasks: 'Texts' }),
    DescribeUsageResponse: structure({ tasks: 'TaskUsages' }),
    TaskUsages: listOf('TaskUsage'),
    TaskUsage: structure({
      taskArn: text,
      at: time,
      containers: 'ContainerUsages',
      volumes: 'VolumeUsages',
      minutes: 'UsageMinutes',
    }),
    VolumeUsages: listOf('VolumeUsage'),
    VolumeUsage: structure({ name: text, volumeId: text, usedBytes: number, sizeBytes: number }),
    UsageMinutes: listOf('UsageMinute'),
    UsageMinute: structure({ at: time, containers: 'ContainerUsages' }),
    ContainerUsages: listOf('ContainerUsage'),
    ContainerUsage: structure({
      name: text,
      cpuUnits: 'Statistic',
      memoryMiB: 'Statistic',
      rxBytesPerSecond: 'Statistic',
      txBytesPerSecond: 'Statistic',
      readBytes: 'Statistic',
      writeBytes: 'Statistic',
      restarts: number,
    }),
    Statistic: structure({ minimum: number, maximum: number, average: number, sum: number, sampleCount: number }),
    InterruptSpotRequest: structure({ target: text, cluster: text }, 1),
    InterruptSpotResponse: structure({ taskArn: text, containerInstanceArn: text }),
    AccessDeniedException: { kind: 'error', members: { message: text }, traits: { error: 'client', httpError: 403 } },
    InvalidParameterException: { kind: 'error', members: { message: text }, traits: { error: 'client' } },
    ConflictException: { kind: 'error', members: { message: text }, traits: { error: 'client' } },
    ResourceNotFoundException: { kind: 'error', members: { message: text }, traits: { error: 'client' } },
    LimitExceededException: { kind: 'error', members: { message: text }, traits: { error: 'client' } },
    ServerException: { kind: 'error', members: { message: text }, traits: { error: 'server' } },
  },
};
