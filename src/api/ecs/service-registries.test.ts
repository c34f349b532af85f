import { describe, expect, it } from 'vitest';
import type { Answer, ApiHarness } from '../../../test/support/api-harness.ts';
import { serviceWorld } from '../../../test/support/service-rules.ts';

type World = Awaited<ReturnType<typeof serviceWorld>>;

/** The ARN of a Cloud Map service with records of these types. */
async function registry({ call, store }: ApiHarness, ...types: string[]): Promise<string> {
  const cloudMap = (operation: string, input: object): Promise<Answer> =>
    call(operation, input, { service: 'servicediscovery' });
  const [vpc] = store.view.vpcs.all();
  const Name = `n${store.view.discoveryNamespaces.size}.local`;
  await cloudMap('CreatePrivateDnsNamespace', { Name, Vpc: vpc?.vpcId });
  const namespace = [...store.view.discoveryNamespaces.all()].at(-1);
  const RoutingPolicy = types.includes('CNAME') ? 'WEIGHTED' : 'MULTIVALUE';
  const DnsConfig = { RoutingPolicy, DnsRecords: types.map((Type) => ({ Type, TTL: 10 })) };
  const input = { Name: 'web', NamespaceId: namespace?.namespaceId, ...(types.length === 0 ? {} : { DnsConfig }) };
  return (await cloudMap('CreateService', input)).Service.Arn;
}

const container = { containerName: 'app', containerPort: 80 };

describe('service registries', () => {
  it('are shown of service, revision and task set, and a change of them is a deployment', async () => {
    const world = await serviceWorld();
    const [a, srv] = [await registry(world, 'A'), await registry(world, 'SRV')];
    const described = async (): Promise<Answer> =>
      (await world.call('DescribeServices', { services: ['web'] })).services[0];
    const { service } = await world.call('CreateService', {
      ...world.create,
      serviceRegistries: [{ registryArn: a }],
    });
    expect(service.serviceRegistries).toEqual([{ registryArn: a }]);
    const [first] = service.deployments;
    await world.call('UpdateService', { service: 'web', desiredCount: 0 });
    expect((await described()).deployments[0].id).toBe(first.id);
    const changed = { service: 'web', serviceRegistries: [{ registryArn: srv, ...container }] };
    await world.call('UpdateService', changed);
    const after = await described();
    expect(after.serviceRegistries).toEqual(changed.serviceRegistries);
    expect(after.deployments[0].id).not.toBe(first.id);
    const { serviceRevisions } = await world.call('DescribeServiceRevisions', {
      serviceRevisionArns: after.currentServiceRevisions.map(({ arn }: Answer) => arn),
    });
    expect(serviceRevisions[0].serviceRegistries).toEqual(changed.serviceRegistries);
    await world.call('UpdateService', { service: 'web', serviceRegistries: [] });
    expect((await described()).serviceRegistries).toEqual([]);
  });

  it('are a task set’s own', async () => {
    const world = await serviceWorld('bridge');
    const srv = await registry(world, 'SRV');
    const serviceRegistries = [{ registryArn: srv, ...container }];
    await world.call('CreateService', { serviceName: 'web', deploymentController: { type: 'EXTERNAL' } });
    const { taskSet } = await world.call('CreateTaskSet', {
      cluster: 'default',
      service: 'web',
      taskDefinition: 'web:1',
      serviceRegistries,
    });
    expect(taskSet.serviceRegistries).toEqual(serviceRegistries);
  });

  const refusal = async (kind: 'fargate' | 'bridge', types: string[], members: object): Promise<unknown> => {
    const world: World = await serviceWorld(kind);
    const serviceRegistries = [{ registryArn: await registry(world, ...types), ...members }];
    return await world.call('CreateService', { ...world.create, serviceRegistries }).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
  };

  it('with an A record need no port', async () => {
    const sentence = "The values specified for serviceRegistries do not require a value for 'containerPort'";
    expect(await refusal('fargate', ['A'], container)).toBe(sentence);
    expect(await refusal('fargate', ['A'], { port: 80 })).toBe(sentence.replace('containerPort', 'port'));
    expect(await refusal('fargate', ['A'], {})).toBeUndefined();
  });

  it('with an SRV record need one', async () => {
    expect(await refusal('fargate', ['A', 'SRV'], {})).toBe(
      'The service registry has an SRV record: serviceRegistries must specify either port, or containerName and containerPort.',
    );
    expect(await refusal('fargate', ['A', 'SRV'], { port: 80 })).toBeUndefined();
    expect(await refusal('bridge', ['SRV'], container)).toBeUndefined();
  });

  it('without records take whatever is given', async () => {
    expect(await refusal('fargate', [], { port: 80 })).toBeUndefined();
    expect(await refusal('fargate', [], {})).toBeUndefined();
  });

  it('of bridge tasks have SRV records alone, and none has CNAMEs', async () => {
    expect(await refusal('bridge', ['A', 'SRV'], container)).toBe(
      'The DNS records of the service registry must be of type SRV alone when networkMode is bridge or host.',
    );
    expect(await refusal('fargate', ['CNAME'], {})).toBe('Service registries are not supported with CNAME records.');
  });

  it('must be there, and the caller’s', async () => {
    const world = await serviceWorld();
    const other = (await registry(world, 'A')).replace('111111111111', '222222222222');
    const create = (registryArn: string) =>
      world.call('CreateService', { ...world.create, serviceRegistries: [{ registryArn }] });
    for (const arn of [other, 'arn:aws:servicediscovery:eu-west-1:111111111111:service/srv-1']) {
      await expect(create(arn)).rejects.toThrow(`The service registry ${arn} does not exist.`);
    }
  });
});
