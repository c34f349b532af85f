import {
  type ContainerMembers,
  container,
  definition,
  managed,
  type RuleCase,
  withContainer,
  withVolume,
} from './case.ts';

const windows = { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } } as const;

/** Each member that a platform does not know, one by one: `refused` on it, accepted elsewhere. */
const onWindows: readonly ContainerMembers[] = [
  { user: 'nobody' },
  { readonlyRootFilesystem: true },
  { linuxParameters: { initProcessEnabled: true } },
  { ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }] },
  { dnsServers: ['10.0.0.2'] },
  { dnsSearchDomains: ['example.com'] },
  { extraHosts: [{ hostname: 'db', ipAddress: '10.0.0.3' }] },
  { disableNetworking: true },
];

const onManagedInstances: readonly ContainerMembers[] = [
  { extraHosts: [{ hostname: 'db', ipAddress: '10.0.0.3' }] },
  { dnsServers: ['10.0.0.2'] },
  { dnsSearchDomains: ['example.com'] },
  { disableNetworking: true },
];

const managedLinux: readonly NonNullable<ContainerMembers['linuxParameters']>[] = [
  { maxSwap: 1 },
  { swappiness: 1 },
  { tmpfs: [{ containerPath: '/t', size: 1 }] },
];

const nameOf = (members: object): string => Object.keys(members)[0] ?? '';

const linked = [container({ links: ['db'] }), container({ name: 'db' })];

export const memberCases: readonly RuleCase[] = [
  ...onWindows.map((members) => ({
    rule: `Windows has no ${nameOf(members)}`,
    refused: withContainer(members, windows),
    text: `Windows containers do not support ${nameOf(members)}`,
    accepted: withContainer(members),
  })),
  ...onManagedInstances.map((members) => ({
    rule: `Managed Instances have no ${nameOf(members)}`,
    // In awsvpc mode nothing has them; host mode is where Managed Instances differ.
    refused: managed({ networkMode: 'host' }, members),
    text: `Tasks using Managed Instances do not support ${nameOf(members)}.`,
    accepted: withContainer(members, { networkMode: 'host' }),
  })),
  ...managedLinux.map((linuxParameters) => ({
    rule: `Managed Instances have no ${nameOf(linuxParameters)}`,
    refused: managed({}, { linuxParameters }),
    text: `Tasks using Managed Instances do not support ${nameOf(linuxParameters)}.`,
    accepted: withContainer({ linuxParameters }),
  })),
  {
    rule: 'Windows has no links',
    refused: definition({ containerDefinitions: linked, ...windows }),
    text: 'Windows containers do not support links',
    accepted: definition({ containerDefinitions: linked }),
  },
  {
    rule: 'Managed Instances are Linux',
    refused: managed(windows),
    text: 'Tasks using Managed Instances do not support Windows containers.',
    accepted: definition(windows),
  },
  {
    rule: 'external instances have no S3 Files',
    refused: withVolume(
      { name: 'v', s3filesVolumeConfiguration: { fileSystemArn: 'arn:aws:s3files:eu-west-1:000000000000:fs/f' } },
      { requiresCompatibilities: ['EXTERNAL'], taskRoleArn: 'task' },
    ),
    text: 'Tasks using the EXTERNAL launch type do not support s3filesVolumeConfiguration.',
    accepted: withVolume(
      { name: 'v', s3filesVolumeConfiguration: { fileSystemArn: 'arn:aws:s3files:eu-west-1:000000000000:fs/f' } },
      { requiresCompatibilities: ['EC2'], taskRoleArn: 'task' },
    ),
  },
];
