import { describe, expect, it } from 'vitest';
import { apiHarness } from '../../../test/support/api-harness.ts';

/** Operations that take several references at once: how many, and what becomes of those that mean nothing. */
interface Several {
  readonly operation: string;
  readonly member: string;
  readonly most: number;
  readonly tooMany: string;
  readonly none: { readonly code: string; readonly message: string } | undefined;
  readonly also?: object;
  /** A reference to nothing, and the ARN its failure names. */
  readonly unknown: string;
  readonly unknownArn: string;
}

const id = '0'.repeat(32);
const arn = (rest: string): string => `arn:aws:ecs:eu-west-1:111111111111:${rest}`;
const noInstances = { code: 'ClientException', message: 'Container Instances cannot be empty.' };

const several: readonly Several[] = [
  {
    operation: 'DescribeClusters',
    member: 'clusters',
    most: 100,
    tooMany: 'Clusters cannot have more than 100 elements.',
    none: undefined,
    unknown: 'nope',
    unknownArn: arn('cluster/nope'),
  },
  {
    operation: 'DescribeTasks',
    member: 'tasks',
    most: 100,
    tooMany: 'Tasks cannot have more than 100 elements.',
    none: { code: 'InvalidParameterException', message: 'Tasks cannot be empty.' },
    unknown: id,
    unknownArn: arn(`task/default/${id}`),
  },
  {
    operation: 'DescribeServices',
    member: 'services',
    most: 10,
    tooMany: 'Services cannot have more than 10 elements.',
    none: { code: 'InvalidParameterException', message: 'Services cannot be empty.' },
    unknown: 'nope',
    unknownArn: arn('service/default/nope'),
  },
  {
    operation: 'DescribeContainerInstances',
    member: 'containerInstances',
    most: 100,
    tooMany: 'Container Instances cannot have more than 100 elements.',
    none: noInstances,
    unknown: id,
    unknownArn: arn(`container-instance/default/${id}`),
  },
  {
    operation: 'DescribeCapacityProviders',
    member: 'capacityProviders',
    most: 100,
    tooMany: 'Capacity providers cannot have more than 100 elements.',
    none: undefined,
    unknown: 'nope',
    unknownArn: arn('capacity-provider/nope'),
  },
  {
    operation: 'UpdateContainerInstancesState',
    member: 'containerInstances',
    most: 10,
    tooMany: 'Container Instances cannot have more than 10 elements.',
    none: noInstances,
    also: { status: 'DRAINING' },
    unknown: id,
    unknownArn: arn(`container-instance/default/${id}`),
  },
];

describe.each(several)('$operation', ({ operation, member, most, tooMany, none, also, unknown, unknownArn }) => {
  async function opened() {
    const harness = await apiHarness();
    await harness.call('CreateCluster');
    const ask = (references: string[]) => harness.call(operation, { ...also, [member]: references });
    return { ...harness, ask };
  }

  it('takes so many references and no more', async () => {
    const { ask } = await opened();
    expect((await ask(Array(most).fill(unknown))).failures).toHaveLength(most);
    await expect(ask(Array(most + 1).fill(unknown))).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: tooMany,
    });
  });

  it.runIf(none !== undefined)('takes one reference at least', async () => {
    const { ask } = await opened();
    await expect(ask([])).rejects.toMatchObject(none!);
  });

  it('tells what it does not know in failures', async () => {
    const { ask } = await opened();
    expect(await ask([unknown])).toMatchObject({
      [member]: [],
      failures: [{ arn: unknownArn, reason: 'MISSING' }],
    });
  });

  it.runIf(operation !== 'DescribeClusters')('throws for a cluster it does not know', async () => {
    const { call } = await opened();
    await expect(call(operation, { ...also, cluster: 'nope', [member]: [unknown] })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    });
  });
});

describe('what is deleted', () => {
  it('is still described, and no longer listed', async () => {
    const { call, addHost } = await apiHarness();
    await call('CreateCluster');
    const host = await addHost({ cluster: 'default' });
    await call('RegisterTaskDefinition', {
      family: 'job',
      containerDefinitions: [{ name: 'app', image: 'app:1', memory: 4 }],
    });
    await call('CreateService', { serviceName: 'web', taskDefinition: 'job', desiredCount: 0 });
    await call('DeleteService', { service: 'web' });
    await call('DeregisterContainerInstance', { containerInstance: host });
    await call('DeregisterTaskDefinition', { taskDefinition: 'job:1' });
    const status = async (operation: string, input: object, member: string) =>
      (await call(operation, input))[member][0].status;
    expect(await status('DescribeServices', { services: ['web'] }, 'services')).toBe('INACTIVE');
    expect(await status('DescribeContainerInstances', { containerInstances: [host] }, 'containerInstances')).toBe(
      'INACTIVE',
    );
    expect((await call('DescribeTaskDefinition', { taskDefinition: 'job:1' })).taskDefinition.status).toBe('INACTIVE');
    expect((await call('ListServices')).serviceArns).toEqual([]);
    expect((await call('ListContainerInstances')).containerInstanceArns).toEqual([]);
    expect((await call('ListTaskDefinitions')).taskDefinitionArns).toEqual([]);
    await call('DeleteCluster', { cluster: 'default' });
    expect(await status('DescribeClusters', {}, 'clusters')).toBe('INACTIVE');
    expect((await call('ListClusters')).clusterArns).toEqual([]);
  });

  it('is not found by what would change it', async () => {
    const { call } = await apiHarness();
    await call('CreateCluster');
    const refused: [string, object, string, string][] = [
      ['DeleteService', { service: 'nope' }, 'ServiceNotFoundException', 'Service not found.'],
      ['DeleteCluster', { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
      ['StopTask', { task: id }, 'InvalidParameterException', 'The referenced task was not found.'],
      [
        'DeregisterContainerInstance',
        { containerInstance: id },
        'InvalidParameterException',
        'The referenced container instance was not found.',
      ],
    ];
    for (const [operation, input, code, message] of refused) {
      await expect(call(operation, input), operation).rejects.toMatchObject({ code, message });
    }
  });
});

it('an id of a container instance has 32 or 36 characters', async () => {
  const { call } = await apiHarness();
  await call('CreateCluster');
  await expect(call('DescribeContainerInstances', { containerInstances: ['abc'] })).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: 'containerInstanceId length should be one of [32,36]',
  });
});

it('the state of a container instance can be set to two values', async () => {
  const { call } = await apiHarness();
  await call('CreateCluster');
  const input = { containerInstances: [id], status: 'REGISTERING' };
  await expect(call('UpdateContainerInstancesState', input)).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: 'Container instance status should be one of [ACTIVE, DRAINING]',
  });
});

it('an instance with tasks is deregistered by force only', async () => {
  const { call, addHost } = await apiHarness();
  await call('CreateCluster');
  const containerInstance = await addHost({ cluster: 'default' });
  const containerDefinitions = [{ name: 'app', image: 'app:1', memory: 4 }];
  await call('RegisterTaskDefinition', { family: 'job', containerDefinitions });
  await call('RunTask', { taskDefinition: 'job' });
  await expect(call('DeregisterContainerInstance', { containerInstance })).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: 'Found running tasks on the instance.',
  });
  await call('DeregisterContainerInstance', { containerInstance, force: true });
});
