import { describe, expect, it } from 'vitest';
import { type ApiHarness, apiHarness } from '../../../test/support/api-harness.ts';
import { defaultQuotas, type Quotas } from '../operation.ts';

const app = { name: 'app', image: 'app:1', memory: 4 };
const job = { family: 'job', containerDefinitions: [app] };
const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: '' }));

/** A quota made small: what fits is done first, then what is one too many. */
interface Case {
  readonly quota: keyof Quotas;
  readonly most: number;
  readonly fits: (harness: ApiHarness) => Promise<unknown>;
  readonly tooMuch: (harness: ApiHarness) => Promise<unknown>;
  readonly code: string;
  readonly message: string;
}

async function awsvpc({ call, subnets }: ApiHarness, networks: number, groups: number): Promise<unknown> {
  const [subnet] = await subnets();
  const { securityGroups } = await call('DescribeNetwork', {}, { service: 'roadstead' });
  const { groupId } = securityGroups[0];
  return call('RunTask', {
    taskDefinition: 'eni',
    networkConfiguration: {
      awsvpcConfiguration: { subnets: Array(networks).fill(subnet), securityGroups: Array(groups).fill(groupId) },
    },
  });
}

const cases: readonly Case[] = [
  {
    quota: 'clustersPerAccount',
    most: 2,
    // The default cluster is the first; a deleted one does not count.
    fits: async ({ call }) => {
      await call('CreateCluster', { clusterName: 'a' });
      await call('DeleteCluster', { cluster: 'a' });
      await call('CreateCluster', { clusterName: 'b' });
    },
    tooMuch: ({ call }) => call('CreateCluster', { clusterName: 'c' }),
    code: 'LimitExceededException',
    message: 'The maximum number of clusters has been reached.',
  },
  {
    quota: 'servicesPerCluster',
    most: 1,
    fits: async ({ call }) => {
      await call('CreateService', { serviceName: 'a', taskDefinition: 'job', desiredCount: 0 });
      await call('DeleteService', { service: 'a' });
      await call('CreateService', { serviceName: 'b', taskDefinition: 'job', desiredCount: 0 });
    },
    tooMuch: ({ call }) => call('CreateService', { serviceName: 'c', taskDefinition: 'job', desiredCount: 0 }),
    code: 'InvalidParameterException',
    message: 'The maximum number of services per cluster has been reached.',
  },
  {
    quota: 'tasksPerService',
    most: 3,
    fits: ({ call }) => call('CreateService', { serviceName: 'a', taskDefinition: 'job', desiredCount: 3 }),
    tooMuch: ({ call }) => call('UpdateService', { service: 'a', desiredCount: 4 }),
    code: 'InvalidParameterException',
    message: 'desiredCount must be at most 3',
  },
  {
    quota: 'containerInstancesPerCluster',
    most: 2,
    fits: ({ call }) => call('RegisterContainerInstance', {}),
    tooMuch: ({ call }) => call('RegisterContainerInstance', {}),
    code: 'LimitExceededException',
    message: 'The cluster has reached its limit of 2 container instances.',
  },
  {
    quota: 'containersPerTaskDefinition',
    most: 2,
    fits: ({ call }) =>
      call('RegisterTaskDefinition', { family: 'two', containerDefinitions: [app, { ...app, name: 'b' }] }),
    tooMuch: ({ call }) => call('RegisterTaskDefinition', { family: 'three', containerDefinitions: [app, app, app] }),
    code: 'ClientException',
    message: 'Too many containers.',
  },
  {
    quota: 'taskDefinitionBytes',
    most: 400,
    fits: ({ call }) => call('RegisterTaskDefinition', { ...job, containerDefinitions: [{ ...app, command: ['x'] }] }),
    tooMuch: ({ call }) =>
      call('RegisterTaskDefinition', { ...job, containerDefinitions: [{ ...app, command: ['x'.repeat(400)] }] }),
    code: 'ClientException',
    message: "Max allowed length is '400' bytes.",
  },
  {
    quota: 'revisionsPerFamily',
    most: 2,
    fits: ({ call }) => call('RegisterTaskDefinition', job),
    tooMuch: ({ call }) => call('RegisterTaskDefinition', job),
    code: 'ClientException',
    message: 'Too many revisions of the specified family.',
  },
  {
    quota: 'tasksPerRunTask',
    most: 2,
    fits: ({ call }) => call('RunTask', { taskDefinition: 'job', count: 2 }),
    tooMuch: ({ call }) => call('RunTask', { taskDefinition: 'job', count: 3 }),
    code: 'InvalidParameterException',
    message: 'Invalid count, must be between 1 and 2',
  },
  {
    quota: 'instancesPerStartTask',
    most: 1,
    fits: async ({ call, addHost }) =>
      call('StartTask', { taskDefinition: 'job', containerInstances: [await addHost({ cluster: 'default' })] }),
    tooMuch: ({ call }) =>
      call('StartTask', { taskDefinition: 'job', containerInstances: ['a'.repeat(32), 'b'.repeat(32)] }),
    code: 'InvalidParameterException',
    message: 'Container Instances cannot have more than 1 elements.',
  },
  {
    quota: 'subnetsPerAwsvpcConfiguration',
    most: 2,
    fits: (harness) => awsvpc(harness, 2, 0),
    tooMuch: (harness) => awsvpc(harness, 3, 0),
    code: 'InvalidParameterException',
    message: 'subnets can have at most 2 items.',
  },
  {
    quota: 'securityGroupsPerAwsvpcConfiguration',
    most: 2,
    fits: (harness) => awsvpc(harness, 1, 2),
    tooMuch: (harness) => awsvpc(harness, 1, 3),
    code: 'InvalidParameterException',
    message: 'securityGroups can have at most 2 items.',
  },
  {
    quota: 'tagsPerResource',
    most: 3,
    fits: ({ call }) => call('CreateCluster', { clusterName: 'tagged', tags: tags(3) }),
    tooMuch: ({ call }) => call('CreateCluster', { clusterName: 'more', tags: tags(4) }),
    code: 'InvalidParameterException',
    message: 'The number of tags exceeds the limit of 3.',
  },
  {
    quota: 'vcpusPerFargateTask',
    most: 1,
    fits: ({ call }) => call('RegisterTaskDefinition', fargate('1024', '2048')),
    tooMuch: ({ call }) => call('RegisterTaskDefinition', fargate('2048', '4096')),
    code: 'ClientException',
    message: 'No Fargate configuration exists for given values: 2048 CPU, 4096 memory.',
  },
];

function fargate(cpu: string, memory: string): object {
  const compatible = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'] };
  return { ...job, family: 'pool', ...compatible, cpu, memory };
}

describe('quotas', () => {
  it('are all tried here', () => {
    const ofEc2 = ['entriesPerNetworkAcl', 'rulesPerSecurityGroup'];
    const ofEcs = Object.keys(defaultQuotas).filter((quota) => !ofEc2.includes(quota));
    expect(cases.map(({ quota }) => quota).sort()).toEqual(ofEcs.sort());
  });

  it.each(cases)('$quota', async ({ quota, most, fits, tooMuch, code, message }) => {
    const harness = await apiHarness({ quotas: { [quota]: most } });
    await harness.call('CreateCluster');
    await harness.addHost({ cluster: 'default' });
    await harness.call('RegisterTaskDefinition', job);
    await harness.call('RegisterTaskDefinition', { ...job, family: 'eni', networkMode: 'awsvpc' });
    await fits(harness);
    const before = harness.store.revision;
    await expect(tooMuch(harness)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(harness.store.revision).toBe(before);
  });

  it('of tags hold for what is added later, those of ECS aside', async () => {
    const { call } = await apiHarness();
    const { cluster } = await call('CreateCluster', { tags: tags(50) });
    const resourceArn = cluster.clusterArn;
    await call('TagResource', { resourceArn, tags: [{ key: 'k0', value: 'new' }] });
    await expect(call('TagResource', { resourceArn, tags: [{ key: 'one more', value: '' }] })).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'The number of tags exceeds the limit of 50.',
    });
  });
});
