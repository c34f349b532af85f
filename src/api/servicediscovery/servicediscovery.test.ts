import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';

let harness: ApiHarness;
let vpcId: string;

function call(operation: string, input: object = {}, as: { accountId?: typeof accountB } = {}): Promise<Answer> {
  return harness.call(operation, input, { service: 'servicediscovery', ...as });
}

async function failure(
  operation: string,
  input: object = {},
  as: { accountId?: typeof accountB } = {},
): Promise<Answer> {
  return await call(operation, input, as).then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

async function failing(operation: string, input: object = {}): Promise<string> {
  const error = await failure(operation, input);
  return `${error?.code}: ${error?.message}`;
}

async function namespace(name: string, input: object = {}): Promise<string> {
  const { OperationId } = await call('CreatePrivateDnsNamespace', { Name: name, Vpc: vpcId, ...input });
  const { Operation } = await call('GetOperation', { OperationId });
  expect(Operation).toMatchObject({ Type: 'CREATE_NAMESPACE', Status: 'SUCCESS' });
  return Operation.Targets.NAMESPACE;
}

async function service(namespaceId: string, name: string, input: object = {}): Promise<string> {
  const DnsConfig = { DnsRecords: [{ Type: 'A', TTL: 10 }] };
  return (await call('CreateService', { Name: name, NamespaceId: namespaceId, DnsConfig, ...input })).Service.Id;
}

async function register(serviceId: string, id: string, attributes: object = {}): Promise<Answer> {
  const Attributes = { AWS_INSTANCE_IPV4: '10.0.0.1', ...attributes };
  return await call('RegisterInstance', { ServiceId: serviceId, InstanceId: id, Attributes });
}

beforeEach(async () => {
  harness = await apiHarness();
  await harness.subnets();
  vpcId = [...harness.store.view.vpcs.all()][0]!.vpcId;
});

describe('namespaces', () => {
  it('of each kind are shown, listed by filters and page by page, and deleted', async () => {
    const id = await namespace('web.local', {
      Description: 'd',
      CreatorRequestId: 'r',
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const { Namespace } = await call('GetNamespace', { Id: id });
    expect(Namespace).toEqual({
      Id: expect.stringMatching(/^ns-[a-z0-9]{16}$/),
      Arn: `arn:aws:servicediscovery:eu-west-1:111111111111:namespace/${id}`,
      ResourceOwner: '111111111111',
      Name: 'web.local',
      Type: 'DNS_PRIVATE',
      Description: 'd',
      ServiceCount: 0,
      Properties: {
        DnsProperties: { HostedZoneId: expect.stringMatching(/^Z[A-Z0-9]{20}$/), SOA: { TTL: 15 } },
        HttpProperties: { HttpName: 'web.local' },
      },
      CreateDate: expect.any(Number),
      CreatorRequestId: 'r',
    });
    await call('CreateHttpNamespace', { Name: 'plain' });
    await call('CreatePublicDnsNamespace', { Name: 'shop.example' });
    const names = async (...filters: object[]): Promise<string[]> =>
      (await call('ListNamespaces', { Filters: filters })).Namespaces.map((each: Answer) => each.Name);
    expect(await names()).toEqual(['web.local', 'plain', 'shop.example']);
    expect(await names({ Name: 'TYPE', Values: ['HTTP'] })).toEqual(['plain']);
    expect(await names({ Name: 'NAME', Values: ['sh'], Condition: 'BEGINS_WITH' })).toEqual(['shop.example']);
    expect(await failing('ListNamespaces', { Filters: [{ Name: 'TYPE', Values: ['a', 'b'] }] })).toMatch(
      'InvalidInput',
    );
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await call('ListNamespaces', { MaxResults: 2, ...(NextToken === undefined ? {} : { NextToken }) });
      seen.push(...page.Namespaces.map((each: Answer) => each.Name));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).toEqual(['web.local', 'plain', 'shop.example']);
    expect(await failing('ListNamespaces', { NextToken: 'none' })).toBe('InvalidInput: The NextToken is invalid.');
    await call('DeleteNamespace', { Id: Namespace.Arn });
    expect(await failing('GetNamespace', { Id: id })).toMatch('NamespaceNotFound');
  });

  it('are the caller’s own, and need a VPC of theirs and a name of DNS', async () => {
    const id = await namespace('web.local');
    expect((await failure('GetNamespace', { Id: id }, { accountId: accountB }))?.code).toBe('NamespaceNotFound');
    expect((await call('ListNamespaces', {}, { accountId: accountB })).Namespaces).toEqual([]);
    expect(await failing('CreatePrivateDnsNamespace', { Name: 'x.y', Vpc: 'vpc-0' })).toMatch('The VPC vpc-0 does not');
    expect(await failing('CreatePrivateDnsNamespace', { Name: 'a..b', Vpc: vpcId })).toMatch('is not a valid name');
  });

  it('have one zone of a name in a VPC: the second operation fails', async () => {
    await namespace('web.local');
    const { OperationId } = await call('CreatePrivateDnsNamespace', { Name: 'Web.local', Vpc: vpcId });
    const { Operation } = await call('GetOperation', { OperationId });
    expect(Operation).toMatchObject({ Status: 'FAIL', ErrorCode: 'CANNOT_CREATE_HOSTED_ZONE' });
    expect(Operation.ErrorMessage).toMatch('already associated with another private hosted zone');
    const listed = await call('ListOperations', { Filters: [{ Name: 'STATUS', Values: ['FAIL'] }] });
    expect(listed.Operations).toEqual([{ Id: OperationId, Status: 'FAIL' }]);
    const none = { Name: 'UPDATE_DATE', Values: ['0', '1'], Condition: 'BETWEEN' };
    expect((await call('ListOperations', { Filters: [none] })).Operations).toEqual([]);
  });

  it('are made once for one request, and their name is told of when it is taken', async () => {
    const first = await call('CreateHttpNamespace', { Name: 'plain', CreatorRequestId: 'one' });
    expect(await call('CreateHttpNamespace', { Name: 'plain', CreatorRequestId: 'one' })).toEqual(first);
    const other = await failure('CreateHttpNamespace', { Name: 'other', CreatorRequestId: 'one' });
    expect(other).toMatchObject({ code: 'DuplicateRequest', members: { DuplicateOperationId: first.OperationId } });
    const taken = await failure('CreateHttpNamespace', { Name: 'plain', CreatorRequestId: 'two' });
    const [made] = harness.store.view.discoveryNamespaces.all();
    const members = { NamespaceId: made?.namespaceId, CreatorRequestId: 'one' };
    expect(taken).toMatchObject({ code: 'NamespaceAlreadyExists', members });
    const same = await namespace('plain');
    const { Namespace } = await call('GetNamespace', { Id: same });
    expect(Namespace.Properties.HttpProperties.HttpName).toMatch(/^plain-[a-z0-9]{8}$/);
  });

  it('change description and negative time to live', async () => {
    const id = await namespace('web.local');
    const Namespace = { Description: 'new', Properties: { DnsProperties: { SOA: { TTL: 60 } } } };
    await call('UpdatePrivateDnsNamespace', { Id: id, Namespace });
    const changed = (await call('GetNamespace', { Id: id })).Namespace;
    expect([changed.Description, changed.Properties.DnsProperties.SOA.TTL]).toEqual(['new', 60]);
    expect(await failing('UpdateHttpNamespace', { Id: id, Namespace: { Description: 'x' } })).toMatch('DNS_PRIVATE');
  });
});

describe('services', () => {
  it('are shown with their records and instances, and hold their namespace', async () => {
    const namespaceId = await namespace('web.local');
    const id = await service(namespaceId, 'api', {
      HealthCheckCustomConfig: { FailureThreshold: 3 },
      Description: 'd',
    });
    await register(id, 'one');
    const { Service } = await call('GetService', { Id: id });
    expect(Service).toMatchObject({
      Arn: `arn:aws:servicediscovery:eu-west-1:111111111111:service/${id}`,
      NamespaceId: namespaceId,
      Type: 'DNS_HTTP',
      InstanceCount: 1,
      DnsConfig: { NamespaceId: namespaceId, RoutingPolicy: 'MULTIVALUE', DnsRecords: [{ Type: 'A', TTL: 10 }] },
      HealthCheckCustomConfig: { FailureThreshold: 1 },
    });
    const filter = { Name: 'NAMESPACE_ID', Values: [namespaceId], Condition: 'EQ' };
    expect((await call('ListServices', { Filters: [filter] })).Services.map((each: Answer) => each.Id)).toEqual([id]);
    expect(await failing('DeleteNamespace', { Id: namespaceId })).toBe(
      'ResourceInUse: Namespace has associated services; delete the services before deleting the namespace',
    );
    expect(await failing('DeleteService', { Id: id })).toBe(
      'ResourceInUse: Service contains registered instances; delete the instances before deleting the service',
    );
    await call('DeregisterInstance', { ServiceId: id, InstanceId: 'one' });
    await call('DeleteService', { Id: id });
    await call('DeleteNamespace', { Id: namespaceId });
  });

  it('have one name in a namespace, however it is written where DNS answers', async () => {
    const namespaceId = await namespace('web.local');
    const id = await service(namespaceId, 'api', { CreatorRequestId: 'one' });
    expect(await service(namespaceId, 'api', { CreatorRequestId: 'one' })).toBe(id);
    const input = { Name: 'API', NamespaceId: namespaceId, CreatorRequestId: 'two' };
    expect(await failure('CreateService', input)).toMatchObject({
      code: 'ServiceAlreadyExists',
      members: { ServiceId: id, CreatorRequestId: 'one' },
    });
  });

  it.each([
    ['no namespace', { NamespaceId: undefined }, 'NamespaceId is required'],
    ['another type beside CNAME', { DnsConfig: dns('WEIGHTED', 'CNAME', 'A') }, 'CNAME cannot be combined'],
    ['CNAME in many answers', { DnsConfig: dns('MULTIVALUE', 'CNAME') }, 'WEIGHTED'],
    ['a type twice', { DnsConfig: dns('WEIGHTED', 'A', 'A') }, 'two records of the same type'],
    ['checks from outside', { HealthCheckConfig: { Type: 'HTTP' } }, 'Use HealthCheckCustomConfig'],
    ['both checks', { HealthCheckConfig: { Type: 'TCP' }, HealthCheckCustomConfig: {} }, 'but not both'],
    ['HTTP with DNS', { Type: 'HTTP', DnsConfig: dns('MULTIVALUE', 'A') }, 'have no DnsConfig'],
    ['a bad name', { Name: '-a' }, 'regular expression'],
  ])('are refused with %s', async (_, input, message) => {
    const NamespaceId = await namespace('web.local');
    expect(await failing('CreateService', { Name: 'api', NamespaceId, ...input })).toMatch(
      new RegExp(`^InvalidInput: .*${message}`),
    );
  });

  it('change how long answers are kept, never which records there are', async () => {
    const id = await service(await namespace('web.local'), 'api');
    const change = (type: string): object => ({ DnsConfig: { DnsRecords: [{ Type: type, TTL: 99 }] } });
    await call('UpdateService', { Id: id, Service: change('A') });
    expect((await call('GetService', { Id: id })).Service.DnsConfig.DnsRecords).toEqual([{ Type: 'A', TTL: 99 }]);
    expect(await failing('UpdateService', { Id: id, Service: change('SRV') })).toMatch('cannot be changed');
  });

  it('have attributes and tags', async () => {
    const namespaceId = await namespace('web.local', { Tags: [{ Key: 'team', Value: 'a' }] });
    const id = await service(namespaceId, 'api');
    await call('UpdateServiceAttributes', { ServiceId: id, Attributes: { a: '1', b: '2' } });
    await call('DeleteServiceAttributes', { ServiceId: id, Attributes: ['a', 'none'] });
    expect((await call('GetServiceAttributes', { ServiceId: id })).ServiceAttributes.Attributes).toEqual({ b: '2' });
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`k${n}`, 'v']));
    expect(await failing('UpdateServiceAttributes', { ServiceId: id, Attributes: many })).toMatch(
      'ServiceAttributesLimitExceededException',
    );
    const ResourceARN = (await call('GetNamespace', { Id: namespaceId })).Namespace.Arn;
    await call('TagResource', {
      ResourceARN,
      Tags: [
        { Key: 'team', Value: 'b' },
        { Key: 'x', Value: '' },
      ],
    });
    await call('UntagResource', { ResourceARN, TagKeys: ['x'] });
    expect(await call('ListTagsForResource', { ResourceARN })).toEqual({ Tags: [{ Key: 'team', Value: 'b' }] });
    expect(await failing('ListTagsForResource', { ResourceARN: `${ResourceARN}x` })).toMatch('ResourceNotFoundExc');
  });
});

function dns(RoutingPolicy: string, ...types: string[]): object {
  return { RoutingPolicy, DnsRecords: types.map((Type) => ({ Type, TTL: 10 })) };
}

describe('instances', () => {
  const discover = async (input: object = {}): Promise<string[]> =>
    (await call('DiscoverInstances', { NamespaceName: 'web.local', ServiceName: 'api', ...input })).Instances.map(
      (each: Answer) => each.InstanceId,
    );

  it('are discovered by health and attributes', async () => {
    const id = await service(await namespace('web.local'), 'api', { HealthCheckCustomConfig: {} });
    await register(id, 'one', { zone: 'a' });
    await register(id, 'two', { zone: 'b', AWS_INIT_HEALTH_STATUS: 'UNHEALTHY' });
    await register(id, 'three', { zone: 'b' });
    expect(await discover()).toEqual(['one', 'three']);
    expect(await discover({ HealthStatus: 'UNHEALTHY' })).toEqual(['two']);
    expect(await discover({ HealthStatus: 'ALL', MaxResults: 2 })).toEqual(['one', 'two']);
    expect(await discover({ QueryParameters: { zone: 'b' } })).toEqual(['three']);
    expect(await discover({ OptionalParameters: { zone: 'b' } })).toEqual(['three']);
    expect(await discover({ OptionalParameters: { zone: 'c' } })).toEqual(['one', 'three']);
    for (const InstanceId of ['one', 'three']) {
      await call('UpdateInstanceCustomHealthStatus', { ServiceId: id, InstanceId, Status: 'UNHEALTHY' });
    }
    expect(await discover()).toEqual(['one', 'two', 'three']);
    expect(await discover({ HealthStatus: 'HEALTHY' })).toEqual([]);
    expect((await call('GetInstancesHealthStatus', { ServiceId: id, Instances: ['two'] })).Status).toEqual({
      two: 'UNHEALTHY',
    });
    expect(await failing('DiscoverInstances', { NamespaceName: 'none', ServiceName: 'api' })).toMatch(
      'NamespaceNotFound',
    );
    expect(await failing('DiscoverInstances', { NamespaceName: 'web.local', ServiceName: 'x' })).toMatch(
      'ServiceNotFound',
    );
  });

  it('have a revision that grows as they come and go, not with their health', async () => {
    const id = await service(await namespace('web.local'), 'api', { HealthCheckCustomConfig: {} });
    const names = { NamespaceName: 'web.local', ServiceName: 'api' };
    const revision = async (): Promise<number> => (await call('DiscoverInstancesRevision', names)).InstancesRevision;
    const first = await revision();
    await register(id, 'one');
    const second = await revision();
    await call('UpdateInstanceCustomHealthStatus', { ServiceId: id, InstanceId: 'one', Status: 'UNHEALTHY' });
    expect(await revision()).toBe(second);
    await call('DeregisterInstance', { ServiceId: id, InstanceId: 'one' });
    expect(second).toBeGreaterThan(first);
    expect(await revision()).toBeGreaterThan(second);
  });

  it('are registered once for one request, and changed by another', async () => {
    const id = await service(await namespace('web.local'), 'api');
    const input = {
      ServiceId: id,
      InstanceId: 'one',
      CreatorRequestId: 'r',
      Attributes: { AWS_INSTANCE_IPV4: '10.0.0.1' },
    };
    const { OperationId } = await call('RegisterInstance', input);
    expect(await call('RegisterInstance', input)).toEqual({ OperationId });
    await register(id, 'one', { AWS_INSTANCE_IPV4: '10.0.0.2' });
    const { Instances } = await call('ListInstances', { ServiceId: id });
    expect(Instances).toEqual([
      { Id: 'one', Attributes: { AWS_INSTANCE_IPV4: '10.0.0.2' }, CreatedByAccount: '111111111111' },
    ]);
    expect((await call('GetInstance', { ServiceId: id, InstanceId: 'one' })).Instance.Attributes).toEqual(
      Instances[0].Attributes,
    );
    expect(await failing('GetInstance', { ServiceId: id, InstanceId: 'two' })).toMatch('InstanceNotFound');
    expect(
      await failing('UpdateInstanceCustomHealthStatus', { ServiceId: id, InstanceId: 'one', Status: 'HEALTHY' }),
    ).toMatch('CustomHealthNotFound');
  });

  it.each([
    ['A', {}, 'AWS_INSTANCE_IPV4 is required'],
    ['A', { AWS_INSTANCE_IPV4: '10.0.0' }, 'IPv4 address'],
    ['AAAA', { AWS_INSTANCE_IPV6: '10.0.0.1' }, 'IPv6 address'],
    ['SRV', { AWS_INSTANCE_IPV4: '10.0.0.1' }, 'AWS_INSTANCE_PORT is required'],
    ['SRV', { AWS_INSTANCE_PORT: '80' }, 'or both are required'],
    ['SRV', { AWS_INSTANCE_PORT: '99999', AWS_INSTANCE_IPV4: '10.0.0.1' }, 'a port'],
    ['A', { AWS_ALIAS_DNS_NAME: 'x.elb.localhost', AWS_INSTANCE_PORT: '1' }, 'AWS_INSTANCE_'],
    ['A', { AWS_EC2_INSTANCE_ID: 'i-1' }, 'HTTP namespaces only'],
  ])('of a service with %s are refused with %j', async (type, Attributes, message) => {
    const id = await service(await namespace('web.local'), 'api', { DnsConfig: dns('MULTIVALUE', type) });
    expect(await failing('RegisterInstance', { ServiceId: id, InstanceId: 'one', Attributes })).toMatch(
      new RegExp(`^InvalidInput: .*${message}`),
    );
  });
});
