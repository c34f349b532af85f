import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiHarness, accountB, apiHarness, region } from '../../../test/support/api-harness.ts';

let harness: ApiHarness;
let vpcId: string;

type As = { accountId?: typeof accountB; service?: string };

function call(operation: string, input: object = {}, as: As = {}): Promise<Answer> {
  return harness.call(operation, input, { service: 'route-53', ...as });
}

async function failing(operation: string, input: object = {}, as: As = {}): Promise<string> {
  return await call(operation, input, as).then(
    () => 'it was accepted',
    (error: Answer) => `${error?.code}: ${error?.message}`,
  );
}

let references = 0;

async function zone(name: string, input: object = {}): Promise<string> {
  references += 1;
  const { HostedZone } = await call('CreateHostedZone', { Name: name, CallerReference: `r-${references}`, ...input });
  return HostedZone.Id.replace('/hostedzone/', '');
}

const privately = () => ({ VPC: { VPCId: vpcId, VPCRegion: region } });

function change(zoneId: string, ...changes: readonly (readonly [string, object])[]): Promise<Answer> {
  const Changes = changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet }));
  return call('ChangeResourceRecordSets', { HostedZoneId: zoneId, ChangeBatch: { Changes, Comment: 'why' } });
}

function refusal(zoneId: string, ...changes: readonly (readonly [string, object])[]): Promise<string> {
  const Changes = changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet }));
  return failing('ChangeResourceRecordSets', { HostedZoneId: zoneId, ChangeBatch: { Changes } });
}

const a = (Name: string, ...values: readonly string[]) => ({
  Name,
  Type: 'A',
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
});

async function names(zoneId: string): Promise<string[]> {
  const { ResourceRecordSets } = await call('ListResourceRecordSets', { HostedZoneId: zoneId });
  return ResourceRecordSets.map(({ Name, Type }: Answer) => `${Name} ${Type}`);
}

beforeEach(async () => {
  harness = await apiHarness();
  await harness.subnets();
  vpcId = [...harness.store.view.vpcs.all()][0]!.vpcId;
});

describe('hosted zones', () => {
  it('private ones are made with their record sets, shown with their VPCs, and deleted', async () => {
    const made = await call('CreateHostedZone', {
      Name: 'Example.internal',
      CallerReference: 'r',
      HostedZoneConfig: { Comment: 'c', PrivateZone: true },
      ...privately(),
    });
    const Id = made.HostedZone.Id.replace('/hostedzone/', '');
    expect(made).toMatchObject({
      HostedZone: {
        Id: expect.stringMatching(/^\/hostedzone\/Z[A-Z0-9]{20}$/),
        Name: 'example.internal.',
        CallerReference: 'r',
        Config: { Comment: 'c', PrivateZone: true },
        ResourceRecordSetCount: 2,
      },
      ChangeInfo: { Id: expect.stringMatching(/^\/change\/C[A-Z0-9]{20}$/), Status: 'PENDING' },
      VPC: { VPCId: vpcId, VPCRegion: region },
      Location: `http://127.0.0.1:4566/2013-04-01/hostedzone/${Id}`,
    });
    const shown = await call('GetHostedZone', { Id });
    expect(shown.HostedZone).toEqual(made.HostedZone);
    expect(shown.VPCs).toEqual([{ VPCId: vpcId, VPCRegion: region }]);
    expect(shown).not.toHaveProperty('DelegationSet');
    expect((await call('GetChange', { Id: made.ChangeInfo.Id.replace('/change/', '') })).ChangeInfo).toEqual({
      ...made.ChangeInfo,
      Status: 'INSYNC',
    });
    expect(await names(Id)).toEqual(['example.internal. NS', 'example.internal. SOA']);
    await call('DeleteHostedZone', { Id });
    expect(await failing('GetHostedZone', { Id: 'Z1' })).toBe('NoSuchHostedZone: No hosted zone found with ID: Z1');
    expect(harness.store.view.resourceRecordSets.size).toBe(0);
  });

  it('public ones have name servers', async () => {
    const Id = await zone('example.com');
    const { DelegationSet, VPCs } = await call('GetHostedZone', { Id });
    expect(DelegationSet.NameServers).toHaveLength(4);
    expect(VPCs).toBeUndefined();
    expect(await zone('example.com')).not.toBe(Id);
  });

  it('are listed by id, by name, and by VPC, page by page', async () => {
    const ids = [await zone('b.com'), await zone('a.com'), await zone('a.org', privately()), await zone('x.a.com')];
    const sorted = [...ids].sort();
    const first = await call('ListHostedZones', { MaxItems: 3 });
    expect(first.HostedZones.map(({ Id }: Answer) => Id)).toEqual(sorted.slice(0, 3).map((id) => `/hostedzone/${id}`));
    expect(first).toMatchObject({ IsTruncated: true, MaxItems: 3, NextMarker: sorted[3] });
    const second = await call('ListHostedZones', { Marker: first.NextMarker });
    expect(second).toMatchObject({
      IsTruncated: false,
      Marker: sorted[3],
      HostedZones: [{ Id: `/hostedzone/${sorted[3]}` }],
    });
    const byName = async (input: object) =>
      (await call('ListHostedZonesByName', input)).HostedZones.map(({ Name }: Answer) => Name);
    expect(await byName({})).toEqual(['a.com.', 'x.a.com.', 'b.com.', 'a.org.']);
    expect(await byName({ DNSName: 'b.com', MaxItems: 1 })).toEqual(['b.com.']);
    const page = await call('ListHostedZonesByName', { MaxItems: 1 });
    expect(page).toMatchObject({ IsTruncated: true, NextDNSName: 'x.a.com.', NextHostedZoneId: ids[3] });
    expect(await call('ListHostedZonesByVPC', { VPCId: vpcId, VPCRegion: region })).toEqual({
      HostedZoneSummaries: [{ HostedZoneId: ids[2], Name: 'a.org.', Owner: { OwningAccount: '111111111111' } }],
      MaxItems: 100,
    });
    expect((await call('ListHostedZones', { HostedZoneType: 'PrivateHostedZone' })).HostedZones).toHaveLength(1);
    expect(await call('GetHostedZoneCount')).toEqual({ HostedZoneCount: 4 });
    expect((await call('ListHostedZones', {}, { accountId: accountB })).HostedZones).toEqual([]);
  });

  it('by VPC go on where the last page ended', async () => {
    const ids = [await zone('a.com', privately()), await zone('b.com', privately())].sort();
    const input = { VPCId: vpcId, VPCRegion: region, MaxItems: 1 };
    const { NextToken, HostedZoneSummaries } = await call('ListHostedZonesByVPC', input);
    expect(HostedZoneSummaries[0].HostedZoneId).toBe(ids[0]);
    const next = await call('ListHostedZonesByVPC', { ...input, NextToken });
    expect(next.HostedZoneSummaries[0].HostedZoneId).toBe(ids[1]);
    expect(next).not.toHaveProperty('NextToken');
    expect(await failing('ListHostedZonesByVPC', { ...input, NextToken: 'x' })).toContain('InvalidPaginationToken');
  });

  it('take other VPCs and comments', async () => {
    const other = 'vpc-0fedcba9876543210';
    await harness.store.update('api', (tx) => {
      const vpc = tx.vpcs.get(vpcId);
      tx.vpcs.put({ ...vpc, vpcId: other, cidrBlock: '10.9.0.0/16', isDefault: false });
    });
    const Id = await zone('a.com', privately());
    const VPC = { VPCId: other, VPCRegion: region };
    expect(await failing('DisassociateVPCFromHostedZone', { HostedZoneId: Id, VPC })).toContain(
      'VPCAssociationNotFound',
    );
    await call('AssociateVPCWithHostedZone', { HostedZoneId: Id, VPC });
    expect(await failing('AssociateVPCWithHostedZone', { HostedZoneId: Id, VPC })).toContain('ConflictingDomainExists');
    await call('DisassociateVPCFromHostedZone', { HostedZoneId: Id, ...privately() });
    expect((await call('GetHostedZone', { Id })).VPCs).toEqual([VPC]);
    expect(await failing('DisassociateVPCFromHostedZone', { HostedZoneId: Id, VPC })).toContain('LastVPCAssociation');
    const { HostedZone } = await call('UpdateHostedZoneComment', { Id, Comment: 'new' });
    expect(HostedZone.Config).toEqual({ Comment: 'new', PrivateZone: true });
    expect((await call('UpdateHostedZoneComment', { Id })).HostedZone.Config).toEqual({ PrivateZone: true });
  });

  it('have tags', async () => {
    const ResourceId = await zone('a.com');
    const reference = { ResourceType: 'hostedzone', ResourceId };
    await call('ChangeTagsForResource', { ...reference, AddTags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] });
    await call('ChangeTagsForResource', { ...reference, AddTags: [{ Key: 'c', Value: '3' }], RemoveTagKeys: ['a'] });
    const tagSet = {
      ...reference,
      Tags: [
        { Key: 'b', Value: '' },
        { Key: 'c', Value: '3' },
      ],
    };
    expect(await call('ListTagsForResource', reference)).toEqual({ ResourceTagSet: tagSet });
    expect(await call('ListTagsForResources', { ResourceType: 'hostedzone', ResourceIds: [ResourceId] })).toEqual({
      ResourceTagSets: [tagSet],
    });
    expect(await failing('ListTagsForResource', { ResourceType: 'healthcheck', ResourceId: 'h' })).toContain(
      'NoSuchHealthCheck',
    );
  });

  it('are refused where they cannot be', async () => {
    await zone('a.com', { CallerReference: 'same', ...privately() });
    const create = (input: object) =>
      failing('CreateHostedZone', { Name: 'b.com', CallerReference: 'other', ...input });
    expect(await create({ CallerReference: 'same' })).toBe(
      'HostedZoneAlreadyExists: A hosted zone has already been created with the specified caller reference: same.',
    );
    expect(await create({ Name: 'A.com.', ...privately() })).toBe(
      `ConflictingDomainExists: The VPC that you chose, ${vpcId} in region eu-west-1, is already associated with another private hosted zone that has an overlapping name space, a.com..`,
    );
    expect(await create({ Name: 'a..com' })).toContain('InvalidDomainName: FATAL problem: DomainLabelEmpty');
    expect(await create({ VPC: { VPCId: 'vpc-none', VPCRegion: region } })).toBe(
      'InvalidVPCId: The VPC: vpc-none that you provided is not authorized to make the association.',
    );
    expect(await create({ HostedZoneConfig: { PrivateZone: true } })).toContain('InvalidInput');
    const open = await zone('c.com');
    expect(await failing('AssociateVPCWithHostedZone', { HostedZoneId: open, ...privately() })).toContain(
      'PublicZoneVPCAssociation',
    );
    expect(await failing('GetHostedZone', { Id: open }, { accountId: accountB })).toContain('NoSuchHostedZone');
    expect(await failing('GetChange', { Id: 'C1' })).toBe('NoSuchChange: Could not find resource with ID: C1');
  });
});

describe('record sets', () => {
  it('are created, replaced, deleted, and listed in order, page by page', async () => {
    const id = await zone('a.com');
    const { ChangeInfo } = await change(
      id,
      ['CREATE', a('www.a.com', '10.0.0.1', '10.0.0.2')],
      ['UPSERT', a('*.a.com', '10.0.0.3')],
      ['CREATE', { ...a('www.a.com', '"x"'), Type: 'TXT' }],
    );
    expect(ChangeInfo).toMatchObject({ Status: 'PENDING', Comment: 'why' });
    await change(id, ['UPSERT', a('WWW.a.com.', '10.0.0.9')]);
    const page = await call('ListResourceRecordSets', { HostedZoneId: id, MaxItems: 4 });
    expect(page.ResourceRecordSets).toEqual([
      expect.objectContaining({ Name: 'a.com.', Type: 'NS', TTL: 172_800 }),
      expect.objectContaining({ Name: 'a.com.', Type: 'SOA', TTL: 900 }),
      a('\\052.a.com.', '10.0.0.3'),
      a('www.a.com.', '10.0.0.9'),
    ]);
    expect(page).toMatchObject({ IsTruncated: true, NextRecordName: 'www.a.com.', NextRecordType: 'TXT', MaxItems: 4 });
    const StartRecordName = page.NextRecordName;
    const rest = await call('ListResourceRecordSets', { HostedZoneId: id, StartRecordName, StartRecordType: 'TXT' });
    expect(rest.ResourceRecordSets).toEqual([{ ...a('www.a.com.', '"x"'), Type: 'TXT' }]);
    expect(rest.IsTruncated).toBe(false);
    expect(await failing('DeleteHostedZone', { Id: id })).toContain('HostedZoneNotEmpty');
    await change(
      id,
      ['DELETE', a('www.a.com', '10.0.0.9')],
      ['DELETE', a('\\052.a.com', '10.0.0.3')],
      ['DELETE', { ...a('www.a.com', '"x"'), Type: 'TXT' }],
    );
    await call('DeleteHostedZone', { Id: id });
  });

  it('of one name and type may be several that are chosen among', async () => {
    const id = await zone('a.com');
    const weighted = (SetIdentifier: string, Weight: number) => ({
      ...a('w.a.com.', '10.0.0.1'),
      SetIdentifier,
      Weight,
    });
    await change(id, ['CREATE', weighted('one', 1)], ['CREATE', weighted('two', 255)]);
    await change(id, ['UPSERT', { ...a('m.a.com.', '10.0.0.1'), SetIdentifier: 'x', MultiValueAnswer: true }]);
    const page = await call('ListResourceRecordSets', { HostedZoneId: id, StartRecordName: 'w.a.com', MaxItems: 1 });
    expect(page).toMatchObject({ ResourceRecordSets: [weighted('one', 1)], NextRecordIdentifier: 'two' });
    expect(await refusal(id, ['CREATE', a('w.a.com', '10.0.0.1')])).toBe(
      'InvalidChangeBatch: [RRSet with DNS name w.a.com., type A cannot be created as other RRSets exist with the same name and type]',
    );
    expect(
      await refusal(id, ['CREATE', { ...a('w.a.com', '10.0.0.1'), SetIdentifier: 'x', MultiValueAnswer: true }]),
    ).toContain('SetIdentifier x cannot be created as other RRSets exist');
  });

  it('may be aliases, of balancers and of record sets of the same zone', async () => {
    const id = await zone('a.com');
    const alias = (DNSName: string, HostedZoneId: string) => ({
      Name: 'b.a.com.',
      Type: 'A',
      AliasTarget: { HostedZoneId, DNSName, EvaluateTargetHealth: true },
    });
    await change(id, ['CREATE', a('www.a.com', '10.0.0.1')], ['CREATE', alias('WWW.a.com', id)]);
    await change(id, ['UPSERT', alias('web-1.eu-west-1.elb.localhost', 'Z32O12XQLNTSW2')]);
    const { ResourceRecordSets } = await call('ListResourceRecordSets', {
      HostedZoneId: id,
      StartRecordName: 'b.a.com',
      MaxItems: 1,
    });
    expect(ResourceRecordSets).toEqual([alias('web-1.eu-west-1.elb.localhost.', 'Z32O12XQLNTSW2')]);
    expect(await refusal(id, ['UPSERT', alias('none.a.com.', id)])).toBe(
      `InvalidChangeBatch: [Tried to create an alias that targets none.a.com., type A in zone ${id}, but that target was not found]`,
    );
    expect(await refusal(id, ['UPSERT', alias('b.org.', id)])).toContain('does not lie within the target zone');
  });

  it('of a batch are changed all or none, and all that is wrong is told', async () => {
    const id = await zone('a.com');
    await change(id, ['CREATE', a('www.a.com', '10.0.0.1')]);
    const before = await names(id);
    expect(
      await refusal(
        id,
        ['CREATE', a('new.a.com', '10.0.0.1')],
        ['CREATE', a('www.a.com', '10.0.0.1')],
        ['DELETE', a('gone.a.com', '10.0.0.1')],
        ['DELETE', a('www.a.com', '10.0.0.2')],
        ['CREATE', a('b.org', '10.0.0.1')],
        ['CREATE', a('x.a.com', 'x')],
      ),
    ).toBe(
      "InvalidChangeBatch: [Tried to create resource record set [name='www.a.com.', type='A'] but it already exists, " +
        "Tried to delete resource record set [name='gone.a.com.', type='A'] but it was not found, " +
        "Tried to delete resource record set [name='www.a.com.', type='A'] but the values provided do not match the current values, " +
        'RRSet with DNS name b.org. is not permitted in zone a.com., ' +
        "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'x'']",
    );
    expect(await names(id)).toEqual(before);
  });

  it('are refused where the zone does not take them', async () => {
    const id = await zone('a.com');
    const cname = (name: string) => ({ ...a(name, 'b.org'), Type: 'CNAME' });
    await change(id, ['CREATE', a('www.a.com', '10.0.0.1')], ['CREATE', cname('c.a.com')]);
    expect(await refusal(id, ['CREATE', cname('a.com')])).toContain(
      'RRSet of type CNAME with DNS name a.com. is not permitted at apex in zone a.com.',
    );
    const conflict = 'is not permitted as it conflicts with other records with the same DNS name in zone a.com.';
    expect(await refusal(id, ['CREATE', cname('www.a.com')])).toContain(
      `RRSet of type CNAME with DNS name www.a.com. ${conflict}`,
    );
    expect(await refusal(id, ['CREATE', a('c.a.com', '10.0.0.1')])).toContain(
      `RRSet of type A with DNS name c.a.com. ${conflict}`,
    );
    const [ns, soa] = (await call('ListResourceRecordSets', { HostedZoneId: id })).ResourceRecordSets;
    expect(await refusal(id, ['DELETE', soa])).toContain('A HostedZone must contain exactly one SOA record.');
    expect(await refusal(id, ['DELETE', ns])).toContain('at least one NS record for the zone itself');
    const { TTL: _, ...withoutTtl } = a('x.a.com', '10.0.0.1');
    expect(await refusal(id, ['CREATE', withoutTtl])).toBe(
      'InvalidInput: Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with [Action=CREATE, Name=x.a.com, Type=A, SetIdentifier=null]',
    );
    expect(await refusal(id, ['CREATE', { ...a('x.a.com', '10.0.0.1'), Weight: 1 }])).toContain(
      "Missing field 'SetIdentifier'",
    );
    expect(await refusal(id, ['CREATE', { ...a('x.a.com', '10.0.0.1'), SetIdentifier: 's' }])).toContain(
      'but found none',
    );
    expect(await refusal(id, ['CREATE', { ...a('x.a.com', '10.0.0.1'), HealthCheckId: 'h' }])).toContain(
      'NoSuchHealthCheck',
    );
    expect(await refusal('Z1', ['CREATE', a('x.a.com', '10.0.0.1')])).toContain('NoSuchHostedZone');
  });
});

describe('zones of Cloud Map', () => {
  it('are shown with what is registered, and changed there alone', async () => {
    const cloudMap = (operation: string, input: object) => call(operation, input, { service: 'servicediscovery' });
    const { OperationId } = await cloudMap('CreatePrivateDnsNamespace', { Name: 'web.local', Vpc: vpcId });
    const { Operation } = await cloudMap('GetOperation', { OperationId });
    const NamespaceId = Operation.Targets.NAMESPACE;
    const { Namespace } = await cloudMap('GetNamespace', { Id: NamespaceId });
    const Id = Namespace.Properties.DnsProperties.HostedZoneId;
    const DnsConfig = { DnsRecords: [{ Type: 'A', TTL: 10 }] };
    const { Service } = await cloudMap('CreateService', { Name: 'api', NamespaceId, DnsConfig });
    const Attributes = { AWS_INSTANCE_IPV4: '10.0.0.1' };
    await cloudMap('RegisterInstance', { ServiceId: Service.Id, InstanceId: 'i', Attributes });
    expect(await call('GetHostedZone', { Id })).toMatchObject({
      HostedZone: {
        Name: 'web.local.',
        ResourceRecordSetCount: 3,
        LinkedService: { ServicePrincipal: 'servicediscovery.amazonaws.com' },
      },
      VPCs: [{ VPCId: vpcId }],
    });
    const { ResourceRecordSets } = await call('ListResourceRecordSets', {
      HostedZoneId: Id,
      StartRecordName: 'api.web.local',
    });
    expect(ResourceRecordSets).toEqual([{ ...a('api.web.local.', '10.0.0.1'), TTL: 10 }]);
    expect(await refusal(Id, ['CREATE', a('x.web.local', '10.0.0.1')])).toContain(
      `AccessDenied: The resource hostedzone/${Id} can only be managed through AWS Cloud Map`,
    );
    expect(await failing('DeleteHostedZone', { Id })).toContain('AccessDenied');
    expect(await failing('CreateHostedZone', { Name: 'web.local', CallerReference: 'x', ...privately() })).toContain(
      'ConflictingDomainExists',
    );
    await zone('taken.local', privately());
    const again = await cloudMap('CreatePrivateDnsNamespace', { Name: 'Taken.local', Vpc: vpcId });
    expect((await cloudMap('GetOperation', again)).Operation).toMatchObject({
      Status: 'FAIL',
      ErrorCode: 'CANNOT_CREATE_HOSTED_ZONE',
    });
    const { HostedZoneSummaries } = await call('ListHostedZonesByVPC', { VPCId: vpcId, VPCRegion: region });
    expect(HostedZoneSummaries).toContainEqual({
      HostedZoneId: Id,
      Name: 'web.local.',
      Owner: { OwningService: 'cloudmap.amazonaws.com' },
    });
  });
});
