import { describe, expect, it } from 'vitest';
import { apiHarness } from '../../../../test/support/api-harness.ts';
import { fargateDefinition } from '../../../../test/support/definitions.ts';

/** What RunTask and StartTask ask of a request beyond tasks.test.ts, each beside its neighbour that is accepted. */
interface Case {
  readonly rule: string;
  readonly refused: object;
  readonly code?: string;
  readonly text: string;
  readonly accepted: object;
}

const job = { taskDefinition: 'job' };
const withOverrides = (overrides: object): object => ({ ...job, overrides });
const ofContainer = (members: object): object => withOverrides({ containerOverrides: [{ name: 'app', ...members }] });
const gpu = (value: string): object => ofContainer({ resourceRequirements: [{ type: 'GPU', value }] });
const file = (value: string): object => ({ type: 's3', value });
const disk = { name: 'disk', managedEBSVolume: { roleArn: 'arn:aws:iam::111111111111:role/ebs', sizeInGiB: 10 } };
const encrypted = { ...disk, managedEBSVolume: { ...disk.managedEBSVolume, encrypted: true } };

const cases: readonly Case[] = [
  {
    rule: 'startedBy has at most 128 characters',
    refused: { ...job, startedBy: 's'.repeat(129) },
    text: 'startedBy cannot be longer than 128 characters.',
    accepted: { ...job, startedBy: 's'.repeat(128) },
  },
  {
    rule: 'startedBy has the characters allowed',
    refused: { ...job, startedBy: 'a b' },
    text: 'startedBy contains invalid characters.',
    accepted: { ...job, startedBy: 'team/a_b-1' },
  },
  {
    rule: 'a group has at most 255 characters',
    refused: { ...job, group: 'g'.repeat(256) },
    text: 'Task group cannot be longer than 255 characters.',
    accepted: { ...job, group: 'g'.repeat(255) },
  },
  {
    rule: 'a reference id has at most 1024 characters',
    refused: { ...job, referenceId: 'r'.repeat(1025) },
    text: 'referenceId cannot be longer than 1024 characters.',
    accepted: { ...job, referenceId: 'r'.repeat(1024) },
  },
  {
    rule: 'a client token has at most 64 characters',
    refused: { ...job, clientToken: 't'.repeat(65) },
    text: 'clientToken must be 1 to 64 characters in the ASCII range 33-126',
    accepted: { ...job, clientToken: 't'.repeat(64) },
  },
  {
    rule: 'a client token is printable ASCII',
    refused: { ...job, clientToken: 'a b' },
    text: 'clientToken must be 1 to 64 characters in the ASCII range 33-126',
    accepted: { ...job, clientToken: '!~' },
  },
  {
    rule: 'at most ten constraints',
    refused: { ...job, placementConstraints: Array.from({ length: 11 }, () => ({ type: 'distinctInstance' })) },
    text: 'Maximum number of constraints is 10.',
    accepted: { ...job, placementConstraints: Array.from({ length: 10 }, () => ({ type: 'distinctInstance' })) },
  },
  {
    rule: 'memberOf needs an expression',
    refused: { ...job, placementConstraints: [{ type: 'memberOf' }] },
    text: 'Invalid expression: ',
    accepted: { ...job, placementConstraints: [{ type: 'memberOf', expression: 'runningTasksCount == 0' }] },
  },
  {
    rule: 'an expression has at most 2000 characters',
    refused: {
      ...job,
      placementConstraints: [{ type: 'memberOf', expression: `attribute:a == ${'b'.repeat(1986)}` }],
    },
    text: 'an expression has at most 2000 characters',
    accepted: {
      ...job,
      placementConstraints: [{ type: 'memberOf', expression: `attribute:a != ${'b'.repeat(1985)}` }],
    },
  },
  {
    rule: 'spread needs a field',
    refused: { ...job, placementStrategy: [{ type: 'spread' }] },
    text: "spread field '' is invalid",
    accepted: { ...job, placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }] },
  },
  {
    rule: 'overrides have at most 8192 characters',
    refused: ofContainer({ command: ['c'.repeat(8192)] }),
    text: 'Overrides length must be at most 8192',
    accepted: ofContainer({ command: ['c'.repeat(8000)] }),
  },
  {
    rule: 'an override names its container',
    refused: withOverrides({ containerOverrides: [{ command: ['x'] }] }),
    text: 'Container override name should not be null or empty.',
    accepted: ofContainer({ command: ['x'] }),
  },
  {
    rule: 'an overridden task cpu is a size',
    refused: withOverrides({ cpu: '127' }),
    text: "Invalid 'cpu' setting for task.",
    accepted: withOverrides({ cpu: '.125 vCPU' }),
  },
  {
    rule: 'an overridden task memory is a size',
    refused: withOverrides({ memory: 'much' }),
    text: "Invalid 'memory' setting for task.",
    accepted: withOverrides({ memory: '1 GB' }),
  },
  {
    rule: 'an overridden role is a role',
    refused: withOverrides({ taskRoleArn: 'arn:aws:s3:::bucket' }),
    text: 'Role is not valid',
    accepted: withOverrides({ taskRoleArn: 'arn:aws:iam::111111111111:role/task' }),
  },
  {
    rule: 'inference accelerators are gone from overrides too',
    refused: withOverrides({ inferenceAcceleratorOverrides: [{ deviceName: 'd', deviceType: 'eia2.medium' }] }),
    text: "Unsupported field 'inferenceAccelerators'.",
    accepted: withOverrides({ inferenceAcceleratorOverrides: [] }),
  },
  {
    rule: 'an overridden container cpu is not negative',
    refused: ofContainer({ cpu: -1 }),
    text: "Invalid 'cpu' setting for container 'app'.",
    accepted: ofContainer({ cpu: 0 }),
  },
  {
    rule: 'an overridden container memory is at least 4 MiB',
    refused: ofContainer({ memory: 3 }),
    text: "Invalid setting for container 'app'. 'memory' must be at least 4.",
    accepted: ofContainer({ memory: 4 }),
  },
  {
    rule: 'an overridden reservation is below the limit beside it',
    refused: ofContainer({ memory: 8, memoryReservation: 9 }),
    text: "'memory' must be greater than or equal to 'memoryReservation'",
    accepted: ofContainer({ memory: 8, memoryReservation: 8 }),
  },
  {
    rule: 'at most ten environment files in an override',
    refused: ofContainer({ environmentFiles: Array(11).fill(file('arn:aws:s3:::b/a.env')) }),
    text: 'The maximum number of environment files was exceeded. Specify ten or less and try again.',
    accepted: ofContainer({ environmentFiles: Array(10).fill(file('arn:aws:s3:::b/a.env')) }),
  },
  {
    rule: 'an environment file in an override is an ARN',
    refused: ofContainer({ environmentFiles: [file('s3://b/a.env')] }),
    text: 'Invalid arn syntax.',
    accepted: ofContainer({ environmentFiles: [file('arn:aws:s3:::b/a.env')] }),
  },
  {
    rule: 'an overridden GPU requirement is a number',
    refused: gpu('some'),
    text: "Invalid 'resourceRequirements' setting. A GPU requirement must specify either 'value' or 'sharingStrategy'.",
    accepted: gpu('1'),
  },
  {
    rule: 'ephemeral storage is overridden on Fargate only',
    refused: withOverrides({ ephemeralStorage: { sizeInGiB: 30 } }),
    text: 'Tasks using the EC2 launch type do not support EphemeralStorage.',
    accepted: withOverrides({}),
  },
  {
    rule: 'overridden ephemeral storage is at least 21 GiB',
    refused: withOverrides({ ephemeralStorage: { sizeInGiB: 20 } }),
    text: 'EphemeralStorage size should be at least 21',
    accepted: withOverrides({}),
  },
  {
    rule: 'volumes of the request are the definition’s',
    refused: { ...job, volumeConfigurations: [disk] },
    text: 'Volume configuration provided but no matching configuredAtLaunch volume found in task definition.',
    accepted: { ...job, volumeConfigurations: [] },
  },
  {
    rule: 'volumes of the request have the definition’s names',
    refused: { taskDefinition: 'ebs', volumeConfigurations: [{ ...disk, name: 'other' }] },
    text: "The volume name 'other' in your request does not have a matching volume in your Task Definition",
    accepted: job,
  },
  {
    rule: 'one volume is configured at launch',
    refused: { taskDefinition: 'ebs', volumeConfigurations: [disk, disk] },
    text: 'volumeConfigurations can have at most 1 items.',
    accepted: job,
  },
  {
    rule: 'a volume that is configured at launch gets its configuration',
    refused: { taskDefinition: 'ebs' },
    text: "The volume 'disk' is configured at launch, and the request has no volumeConfigurations for it.",
    accepted: job,
  },
  {
    rule: 'EBS volumes are not encrypted',
    refused: { taskDefinition: 'ebs', volumeConfigurations: [encrypted] },
    code: 'UnsupportedFeatureException',
    text: 'Encryption of managed EBS volumes is not part of this version of Roadstead. Leave encrypted and kmsKeyId out; a host whose disk is encrypted encrypts them too.',
    accepted: job,
  },
  {
    rule: 'all GPUs of an instance cannot be counted',
    refused: { taskDefinition: 'gpus' },
    code: 'UnsupportedFeatureException',
    text: 'GPU requirements of ALL and shared GPUs are not part of this version of Roadstead.',
    accepted: { taskDefinition: 'gpu' },
  },
];

const app = { name: 'app', image: 'app:1', cpu: 10, memory: 16 };
const definitions: Readonly<Record<string, object>> = {
  job: { containerDefinitions: [app] },
  ebs: {
    containerDefinitions: [{ ...app, mountPoints: [{ sourceVolume: 'disk', containerPath: '/d' }] }],
    volumes: [{ name: 'disk', configuredAtLaunch: true }],
  },
  gpu: { containerDefinitions: [{ ...app, resourceRequirements: [{ type: 'GPU', value: '2' }] }] },
  gpus: { containerDefinitions: [{ ...app, resourceRequirements: [{ type: 'GPU', value: 'ALL' }] }] },
  pool: fargateDefinition('pool'),
  fargateOnly: { ...fargateDefinition('fargateOnly', { memory: 128 }), ephemeralStorage: { sizeInGiB: 30 } },
};

async function opened() {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  const host = await harness.addHost({ cluster: 'default' });
  for (const [family, definition] of Object.entries(definitions)) {
    await harness.call('RegisterTaskDefinition', { family, ...definition });
  }
  return { ...harness, host };
}

describe('RunTask', () => {
  it.each(cases)('$rule', async ({ refused, code, text, accepted }) => {
    const { call, store } = await opened();
    const before = store.revision;
    await expect(call('RunTask', refused)).rejects.toMatchObject({
      code: code ?? 'InvalidParameterException',
      message: expect.stringContaining(text),
    });
    expect(store.revision).toBe(before);
    await expect(call('RunTask', accepted)).resolves.toBeDefined();
  });

  it('an overridden Fargate size is again a valid pair', async () => {
    const { call, subnets } = await opened();
    const awsvpcConfiguration = { subnets: await subnets() };
    const run = (overrides: object) =>
      call('RunTask', {
        taskDefinition: 'pool',
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration },
        overrides,
      });
    await expect(run({ cpu: '512', memory: '512' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message:
        'No Fargate configuration exists for given values: 512 CPU, 512 memory. See the Amazon ECS documentation for the valid values.',
    });
    await expect(run({ cpu: '512', memory: '1024', ephemeralStorage: { sizeInGiB: 21 } })).resolves.toBeDefined();
    const gpus = { containerOverrides: [{ name: 'app', resourceRequirements: [{ type: 'GPU', value: '1' }] }] };
    await expect(run(gpus)).rejects.toThrow(
      'Tasks using the Fargate launch type do not support GPU resource requirements',
    );
  });

  it('overridden GPUs are what the task takes and shows', async () => {
    const { call, store } = await opened();
    const resourceRequirements = [{ type: 'GPU', value: '3' }];
    const { tasks, failures } = await call('RunTask', {
      taskDefinition: 'job',
      overrides: { containerOverrides: [{ name: 'app', resourceRequirements }] },
    });
    expect(tasks).toEqual([]);
    expect(failures[0].reason).toBe('RESOURCE:GPU');
    expect(store.view.tasks.size).toBe(0);
  });
});

describe('StartTask', () => {
  it('asks for a definition that runs on instances', async () => {
    const { call, host } = await opened();
    const refused = call('StartTask', { taskDefinition: 'fargateOnly', containerInstances: [host] });
    await expect(refused).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Task definition does not support launch_type EC2.',
    });
  });

  it('takes a startedBy of 36 characters', async () => {
    const { call, host } = await opened();
    const start = (startedBy: string) => call('StartTask', { ...job, containerInstances: [host], startedBy });
    await expect(start('s'.repeat(37))).rejects.toThrow('startedBy cannot be longer than 36 characters.');
    await expect(start('s'.repeat(36))).resolves.toBeDefined();
  });

  it('keeps the rules of volumes, overrides and reference ids', async () => {
    const { call, host } = await opened();
    const start = (input: object) => call('StartTask', { ...job, containerInstances: [host], ...input });
    await expect(start({ volumeConfigurations: [disk] })).rejects.toThrow('no matching configuredAtLaunch volume');
    await expect(start({ overrides: { cpu: '1' } })).rejects.toThrow("Invalid 'cpu' setting for task.");
    await expect(start({ referenceId: 'r'.repeat(1025) })).rejects.toThrow('referenceId');
  });
});

describe('an ARN of another cluster', () => {
  const elsewhere = `arn:aws:ecs:eu-west-1:111111111111:task/other/${'0'.repeat(32)}`;
  const instance = `arn:aws:ecs:eu-west-1:111111111111:container-instance/other/${'0'.repeat(32)}`;

  it('is refused also when the request names no cluster', async () => {
    const { call } = await opened();
    const message = 'Identifier is for cluster other. Your cluster is default';
    for (const refused of [
      call('DescribeTasks', { tasks: [elsewhere] }),
      call('StopTask', { task: elsewhere }),
      call('DescribeContainerInstances', { containerInstances: [instance] }),
      call('ListTasks', { containerInstance: instance }),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: 'InvalidParameterException', message });
    }
  });
});
