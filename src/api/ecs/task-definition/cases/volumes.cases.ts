import { container, definition, fargate, type RuleCase, taskRoleArn, withContainer, withVolume } from './case.ts';

const windows = { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } } as const;
const fileSystemArn = 'arn:aws:s3files:us-east-1:000000000000:file-system/fs-1';
const fsx = {
  name: 'v',
  fsxWindowsFileServerVolumeConfiguration: {
    fileSystemId: 'fs-1',
    rootDirectory: 'share',
    authorizationConfig: { credentialsParameter: 'secret', domain: 'example.com' },
  },
};

function efs(members: Record<string, unknown>) {
  return withVolume({ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1', ...members } });
}

export const volumeCases: readonly RuleCase[] = [
  {
    rule: 'a volume has a name',
    refused: definition({ volumes: [{}] }),
    text: 'Volume.name should not be null or empty.',
    accepted: withVolume({ name: 'v' }),
  },
  {
    rule: 'a volume name has the characters allowed',
    refused: withVolume({ name: 'a/b' }),
    text: 'Volume.name contains invalid characters.',
    accepted: withVolume({ name: 'a_b-C' }),
  },
  {
    rule: 'volume names are unique',
    refused: withVolume({ name: 'v' }, { volumes: [{ name: 'v' }, { name: 'v' }] }),
    text: 'Volume names must be unique within a task definition',
    accepted: withVolume({ name: 'v' }),
  },
  {
    rule: 'a volume is of one kind',
    refused: withVolume({ name: 'v', host: {}, dockerVolumeConfiguration: {} }),
    text: "Volume 'v' must specify only one of [host,dockerVolumeConfiguration,efsVolumeConfiguration,s3filesVolumeConfiguration,fsxWindowsFileServerVolumeConfiguration,configuredAtLaunch].",
    accepted: withVolume({ name: 'v', dockerVolumeConfiguration: {} }),
  },
  {
    rule: 'one volume is configured at launch',
    refused: definition({
      containerDefinitions: [
        container({
          mountPoints: [
            { sourceVolume: 'v', containerPath: '/v' },
            { sourceVolume: 'w', containerPath: '/w' },
          ],
        }),
      ],
      volumes: [
        { name: 'v', configuredAtLaunch: true },
        { name: 'w', configuredAtLaunch: true },
      ],
    }),
    text: 'Only one volume in a task definition can be configured at launch.',
    accepted: withVolume({ name: 'v', configuredAtLaunch: true }),
  },
  {
    rule: 'a mount names a volume',
    refused: withContainer({ mountPoints: [{ sourceVolume: 'nope', containerPath: '/data' }] }),
    text: "Unknown volume 'nope'.",
    accepted: withVolume({ name: 'nope' }),
  },
  {
    rule: 'a mount has a place',
    refused: withContainer({ mountPoints: [{ sourceVolume: 'v' }] }, { volumes: [{ name: 'v' }] }),
    text: 'MountPoint.containerPath should not be null or empty.',
    accepted: withVolume({ name: 'v' }),
  },
  {
    rule: 'every volume is mounted',
    refused: definition({ volumes: [{ name: 'v' }, { name: 'w' }] }),
    text: 'Volumes [v, w] are not referenced by any of the containers',
    accepted: withVolume({ name: 'v' }),
  },
  {
    rule: 'autoprovision is for shared volumes',
    refused: withVolume({ name: 'v', dockerVolumeConfiguration: { autoprovision: true } }),
    text: "Volume 'v': 'autoprovision' is only supported with scope 'shared'.",
    accepted: withVolume({ name: 'v', dockerVolumeConfiguration: { autoprovision: true, scope: 'shared' } }),
  },
  {
    rule: 'Windows has the local driver',
    refused: withVolume({ name: 'v', dockerVolumeConfiguration: { driver: 'rexray' } }, windows),
    text: "Volume 'v': Windows containers only support the 'local' volume driver.",
    accepted: withVolume({ name: 'v', dockerVolumeConfiguration: {} }, windows),
  },
  {
    rule: 'EFS authorization is encrypted',
    refused: efs({ authorizationConfig: { iam: 'ENABLED' } }),
    text: 'EFS IAM authorization requires TransitEncryption to be enabled.',
    accepted: efs({ authorizationConfig: { iam: 'ENABLED' }, transitEncryption: 'ENABLED' }),
  },
  {
    rule: 'EFS access points are encrypted',
    refused: efs({ authorizationConfig: { accessPointId: 'fsap-1' } }),
    text: 'EFS access points require TransitEncryption to be enabled.',
    accepted: efs({ authorizationConfig: { accessPointId: 'fsap-1' }, transitEncryption: 'ENABLED' }),
  },
  {
    rule: 'an EFS access point brings its root',
    refused: efs({
      rootDirectory: '/d',
      authorizationConfig: { accessPointId: 'fsap-1' },
      transitEncryption: 'ENABLED',
    }),
    text: 'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
    accepted: efs({
      rootDirectory: '/',
      authorizationConfig: { accessPointId: 'fsap-1' },
      transitEncryption: 'ENABLED',
    }),
  },
  {
    rule: 'an EFS port is for encryption',
    refused: efs({ transitEncryptionPort: 20_000 }),
    text: 'EFS TransitEncryptionPort requires TransitEncryption to be enabled.',
    accepted: efs({ transitEncryptionPort: 20_000, transitEncryption: 'ENABLED' }),
  },
  {
    rule: 'an EFS port is a port',
    refused: efs({ transitEncryptionPort: 65_536, transitEncryption: 'ENABLED' }),
    text: "Invalid 'transitEncryptionPort' setting.",
    accepted: efs({ transitEncryptionPort: 65_535, transitEncryption: 'ENABLED' }),
  },
  {
    rule: 'S3 Files need a task role',
    refused: withVolume({ name: 'v', s3filesVolumeConfiguration: { fileSystemArn } }),
    text: "When you are specifying an S3 Files volume, you must also specify a value for 'taskRoleArn'.",
    accepted: withVolume({ name: 'v', s3filesVolumeConfiguration: { fileSystemArn } }, { taskRoleArn }),
  },
  {
    rule: 'an S3 Files access point brings its root',
    refused: withVolume(
      { name: 'v', s3filesVolumeConfiguration: { fileSystemArn, accessPointArn: 'arn', rootDirectory: '/d' } },
      { taskRoleArn },
    ),
    text: 'When using an S3 Files access point, the root directory must either be set to "/" or be omitted.',
    accepted: withVolume(
      { name: 'v', s3filesVolumeConfiguration: { fileSystemArn, accessPointArn: 'arn', rootDirectory: '/' } },
      { taskRoleArn },
    ),
  },
  {
    rule: 'FSx is for Windows',
    refused: withVolume(fsx),
    text: "Volume 'v': 'fsxWindowsFileServerVolumeConfiguration' is only supported for Windows containers.",
    accepted: withVolume(fsx, windows),
  },
  {
    rule: 'ephemeral storage is at least 21 GiB',
    refused: fargate({ ephemeralStorage: { sizeInGiB: 20 } }),
    text: 'EphemeralStorage size should be at least 21',
    accepted: fargate({ ephemeralStorage: { sizeInGiB: 21 } }),
  },
  {
    rule: 'ephemeral storage is at most 200 GiB',
    refused: fargate({ ephemeralStorage: { sizeInGiB: 201 } }),
    text: 'EphemeralStorage size should be at most 200',
    accepted: fargate({ ephemeralStorage: { sizeInGiB: 200 } }),
  },
];
