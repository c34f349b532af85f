import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../../../../test/support/rules.ts';
import { expectServiceRule, type ServiceRule, serviceWorld } from '../../../../test/support/service-rules.ts';

const roleArn = 'arn:aws:iam::111111111111:role/ebs';
const ebs = (members: object = {}, name = 'disk') => ({
  name,
  managedEBSVolume: { roleArn, sizeInGiB: 10, ...members },
});
const volumes = (...volumeConfigurations: object[]) => ({ volumeConfigurations });
const io = { volumeType: 'io1', iops: 100 };

/** What RunTask and CreateService ask of the volume alone; no service has one that could be updated. */
const ofVolume: ServiceRule[] = [
  {
    rule: 'a volume is described',
    refused: volumes({ name: 'disk' }),
    text: "The volume configuration of 'disk' has no managedEBSVolume.",
    accepted: volumes(ebs()),
  },
  {
    rule: 'a volume is managed with a role',
    refused: volumes(ebs({ roleArn: 'ebs' })),
    text: 'managedEBSVolume.roleArn must be the ARN of an IAM role, but was ebs',
    accepted: volumes(ebs()),
  },
  {
    rule: 'a volume has a size or a snapshot',
    refused: volumes(ebs({ sizeInGiB: undefined })),
    text: 'ECS managed EBS volume configuration was invalid. MissingParameter: The request must contain the parameter size or snapshotId',
    accepted: volumes(ebs({ sizeInGiB: undefined, snapshotId: 'snap-1' })),
  },
  {
    rule: 'a volume is of a type of EBS',
    refused: volumes(ebs({ volumeType: 'gp9' })),
    text: "ECS managed EBS volume configuration was invalid. UnknownVolumeType: Unsupported volume type 'gp9' for volume creation.",
    accepted: volumes(ebs({ volumeType: 'gp2' })),
  },
  {
    rule: 'Fargate has no magnetic volumes',
    refused: volumes(ebs({ volumeType: 'standard' })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterValue: The volume type standard is not supported on Fargate.',
    accepted: volumes(ebs()),
  },
  {
    rule: 'only a snapshot is initialised at a rate',
    refused: volumes(ebs({ volumeInitializationRate: 100 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterCombination: volumeInitializationRate can only be specified with a snapshotId',
    accepted: volumes(ebs({ volumeInitializationRate: 100, snapshotId: 'snap-1' })),
  },
  {
    rule: 'gp3 has 1 to 16384 GiB',
    refused: volumes(ebs({ sizeInGiB: 16_385 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterValue: sizeInGiB must be between 1 and 16384 for gp3 volumes',
    accepted: volumes(ebs({ sizeInGiB: 16_384 })),
  },
  {
    rule: 'io1 has 4 GiB or more',
    refused: volumes(ebs({ ...io, sizeInGiB: 3 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterValue: sizeInGiB must be between 4 and 16384 for io1 volumes',
    accepted: volumes(ebs({ ...io, sizeInGiB: 4 })),
  },
  {
    rule: 'st1 has 125 GiB or more',
    refused: volumes(ebs({ volumeType: 'st1', sizeInGiB: 124 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterValue: sizeInGiB must be between 125 and 16384 for st1 volumes',
    accepted: volumes(ebs({ volumeType: 'sc1', sizeInGiB: 125 })),
  },
  {
    rule: 'some types have no iops to choose',
    refused: volumes(ebs({ volumeType: 'gp2', iops: 3000 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterCombination: The parameter iops is not supported for gp2 volumes',
    accepted: volumes(ebs({ iops: 3000 })),
  },
  {
    rule: 'io1 and io2 need iops',
    refused: volumes(ebs({ volumeType: 'io2' })),
    text: 'ECS managed EBS volume configuration was invalid. MissingParameter: The parameter iops must be specified for io2 volumes',
    accepted: volumes(ebs({ volumeType: 'io2', iops: 256_000 })),
  },
  {
    rule: 'gp3 has 3000 to 16000 iops',
    refused: volumes(ebs({ iops: 2999 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterValue: iops must be between 3000 and 16000 for gp3 volumes',
    accepted: volumes(ebs({ iops: 16_000 })),
  },
  {
    rule: 'io1 has 100 to 64000 iops',
    refused: volumes(ebs({ ...io, iops: 64_001 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterValue: iops must be between 100 and 64000 for io1 volumes',
    accepted: volumes(ebs({ ...io, iops: 64_000 })),
  },
  {
    rule: 'io2 has 100 to 256000 iops',
    refused: volumes(ebs({ volumeType: 'io2', iops: 99 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterValue: iops must be between 100 and 256000 for io2 volumes',
    accepted: volumes(ebs({ volumeType: 'io2', iops: 100 })),
  },
  {
    rule: 'throughput is for gp3',
    refused: volumes(ebs({ volumeType: 'gp2', throughput: 125 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterCombination: The parameter throughput is not supported for gp2 volumes',
    accepted: volumes(ebs({ throughput: 125 })),
  },
  {
    rule: 'throughput is at most 1000 MiB/s',
    refused: volumes(ebs({ throughput: 1001 })),
    text: 'ECS managed EBS volume configuration was invalid. InvalidParameterValue: throughput must be between 1 and 1000 for gp3 volumes',
    accepted: volumes(ebs({ throughput: 1000 })),
  },
  {
    rule: 'Linux has three file systems',
    refused: volumes(ebs({ filesystemType: 'ntfs' })),
    text: 'The filesystemType must be one of [ext3, ext4, xfs], but was ntfs',
    accepted: volumes(ebs({ filesystemType: 'ext4' })),
  },
  {
    rule: 'the tags of ECS are its own',
    refused: volumes(
      ebs({ tagSpecifications: [{ resourceType: 'volume', tags: [{ key: 'AmazonECSManaged', value: 'no' }] }] }),
    ),
    text: 'The tag key AmazonECSManaged is reserved and cannot be used for volumes.',
    accepted: volumes(ebs({ tagSpecifications: [{ resourceType: 'volume', tags: [{ key: 'a', value: 'b' }] }] })),
  },
];

/** What they and UpdateService ask of the volume and the definition together. */
const ofService: ServiceRule[] = [
  {
    rule: 'a service configures the volumes of its definition',
    refused: volumes(ebs()),
    text: 'Volume configuration provided but no matching configuredAtLaunch volume found in task definition.',
    accepted: volumes(),
  },
  {
    rule: 'DAEMON services have no volumes',
    on: 'bridge',
    refused: { schedulingStrategy: 'DAEMON', desiredCount: undefined, ...volumes(ebs()) },
    text: 'The daemon scheduling strategy does not support volume configurations. Remove the volume configurations and try again',
    accepted: { schedulingStrategy: 'DAEMON', desiredCount: undefined, ...volumes() },
    operations: ['CreateService'],
  },
];

const ofDefinition: ServiceRule[] = [
  {
    rule: 'a service configures them by name',
    on: 'disk',
    refused: volumes(ebs({}, 'other')),
    text: "The volume name 'other' in your request does not have a matching volume in your Task Definition",
    accepted: volumes(ebs()),
    operations: ['CreateService'],
  },
  {
    rule: 'a service configures one volume',
    on: 'disk',
    refused: volumes(ebs(), ebs()),
    text: 'volumeConfigurations can have at most 1 items.',
    accepted: volumes(ebs()),
    operations: ['CreateService'],
  },
  {
    rule: 'a service configures what is configured at launch',
    on: 'disk',
    refused: volumes(),
    text: "The volume 'disk' is configured at launch, and the request has no volumeConfigurations for it.",
    accepted: volumes(ebs()),
    operations: ['CreateService'],
  },
];

describe('managed EBS volumes', () => {
  it.each(ofVolume)('$rule', async (rule) => {
    await expectServiceRule({ ...rule, on: 'disk', operations: ['CreateService'] });
    const world = await serviceWorld('disk');
    const { serviceName: _, desiredCount: __, ...run } = world.create;
    await expectRefusal(world, ['RunTask', { ...run, ...rule.refused }], rule);
    await expect(world.call('RunTask', { ...run, ...rule.accepted })).resolves.toMatchObject({
      tasks: expect.anything(),
    });
  });

  it.each(ofService)('$rule', (rule) => expectServiceRule(rule));
  it.each(ofDefinition)('$rule', (rule) => expectServiceRule(rule));

  it('Windows has NTFS', async () => {
    const world = await serviceWorld('windows');
    await world.call('RegisterTaskDefinition', {
      family: 'windows',
      networkMode: 'awsvpc',
      runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
      volumes: [{ name: 'disk', configuredAtLaunch: true }],
      containerDefinitions: [
        { name: 'app', image: 'app', memory: 64, mountPoints: [{ sourceVolume: 'disk', containerPath: 'D:' }] },
      ],
    });
    const create = { ...world.create, taskDefinition: 'windows', launchType: 'EC2' };
    const text = 'The filesystemType must be one of [ntfs], but was xfs';
    await expectRefusal(world, ['CreateService', { ...create, ...volumes(ebs({ filesystemType: 'xfs' })) }], { text });
    const ntfs = { ...create, ...volumes(ebs({ filesystemType: 'ntfs' })) };
    await expect(world.call('CreateService', ntfs)).resolves.toMatchObject({ service: { serviceName: 'web' } });
  });

  it('are not encrypted', async () => {
    const world = await serviceWorld('disk');
    const code = 'UnsupportedFeatureException';
    const text =
      'Encryption of managed EBS volumes is not part of this version of Roadstead. Leave encrypted and kmsKeyId out; a host whose disk is encrypted encrypts them too.';
    for (const member of [{ encrypted: true }, { kmsKeyId: 'alias/mine' }]) {
      const input = { ...world.create, ...volumes(ebs(member)) };
      await expectRefusal(world, ['CreateService', input], { code, text });
    }
    await world.call('CreateService', { ...world.create, ...volumes(ebs({ encrypted: false })) });
  });

  it('of a service are kept, replaced, and left behind with the definition that wanted them', async () => {
    const world = await serviceWorld('disk');
    const tagSpecifications = [{ resourceType: 'volume', tags: [{ key: 'a', value: 'b' }], propagateTags: 'SERVICE' }];
    const given = ebs({ volumeType: 'gp3', iops: 3000, tagSpecifications });
    const shown = async (operation: string, input: object): Promise<unknown> => {
      const { service } = await world.call(operation, input);
      return service.deployments.map((each: { volumeConfigurations?: unknown }) => each.volumeConfigurations);
    };
    expect(await shown('CreateService', { ...world.create, ...volumes(given) })).toEqual([[given]]);
    const service = world.create['serviceName'];
    expect(await shown('UpdateService', { service, desiredCount: 2 })).toEqual([[given]]);
    expect(await shown('UpdateService', { service, ...volumes(given) })).toEqual([[given]]);
    const larger = ebs({ sizeInGiB: 20 });
    expect((await shown('UpdateService', { service, ...volumes(larger) })) as unknown[]).toEqual([[larger], [given]]);
    await world.call('RegisterTaskDefinition', {
      family: 'bare',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'app' }],
    });
    const bare = (await shown('UpdateService', { service, taskDefinition: 'bare' })) as unknown[];
    expect(bare[0]).toBeUndefined();
    const { serviceRevisions } = await world.call('DescribeServiceRevisions', {
      serviceRevisionArns: (
        await world.call('DescribeServices', { services: [service] })
      ).services[0].currentServiceRevisions.map(({ arn }: { arn: string }) => arn),
    });
    expect(serviceRevisions[0].volumeConfigurations).toBeUndefined();
  });
});
