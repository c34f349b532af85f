import { expect, it } from 'vitest';
import { type Answer, apiHarness, region } from '../../../test/support/api-harness.ts';
import type { RecordChange } from './compiler.ts';
import { nameCompiler } from './name.ts';
import { zoneCompiler } from './zone.ts';

it('zones and record sets of Route 53 become what hosts answer', async () => {
  const harness = await apiHarness();
  const { store } = harness;
  const call = (operation: string, input: object): Promise<Answer> =>
    harness.call(operation, input, { service: 'route-53' });
  await harness.subnets();
  const vpcId = [...store.view.vpcs.all()][0]!.vpcId;
  const made = async (Name: string, input: object = {}): Promise<string> => {
    const { HostedZone } = await call('CreateHostedZone', { Name, CallerReference: Name, ...input });
    return HostedZone.Id.replace('/hostedzone/', '');
  };
  const own = await made('A.internal', { VPC: { VPCId: vpcId, VPCRegion: region } });
  const open = await made('a.com');
  expect(new Set(zoneCompiler.all(store.view))).toEqual(new Set([own, open]));
  const scopes = [`vpc:${vpcId}`, `account:111111111111/${region}`];
  expect(zoneCompiler.compile(store.view, own)).toEqual({
    body: { name: 'a.internal', vpcIds: [vpcId], negativeTtl: 900 },
    scopes,
  });
  expect(zoneCompiler.compile(store.view, open)).toEqual({
    body: { name: 'a.com', vpcIds: 'all', negativeTtl: 900 },
    scopes: ['everywhere'],
  });

  const set = (Name: string, Type: string, values: readonly string[], more: object = {}) => ({
    Name,
    Type,
    TTL: 60,
    ResourceRecords: values.map((Value) => ({ Value })),
    ...more,
  });
  const alias = {
    HostedZoneId: 'Z35SXDOTRQ7X7K',
    DNSName: 'web-1.eu-west-1.elb.localhost',
    EvaluateTargetHealth: false,
  };
  const Changes = [
    set('*.a.internal', 'A', ['10.0.0.1', '10.0.0.2']),
    set('t.a.internal', 'TXT', ['"x y"']),
    set('w.a.internal', 'A', ['10.0.0.1'], { SetIdentifier: 'one', Weight: 1 }),
    set('w.a.internal', 'A', ['10.0.0.2'], { SetIdentifier: 'two', Weight: 9, TTL: 5 }),
    set('m.a.internal', 'A', ['10.0.0.1'], { SetIdentifier: 'one', MultiValueAnswer: true }),
    set('f.a.internal', 'A', ['10.0.0.2'], { SetIdentifier: 'b', Failover: 'SECONDARY' }),
    set('f.a.internal', 'A', ['10.0.0.1'], { SetIdentifier: 'p', Failover: 'PRIMARY' }),
    { Name: 'lb.a.internal', Type: 'A', AliasTarget: alias },
  ].map((ResourceRecordSet) => ({ Action: 'CREATE', ResourceRecordSet }));
  await call('ChangeResourceRecordSets', { HostedZoneId: own, ChangeBatch: { Changes } });
  const bodyOf = (name: string, type = 'A') => nameCompiler.compile(store.view, `${own}/${name}/${type}`)?.body;
  expect(nameCompiler.compile(store.view, `${own}/\\052.a.internal./A`)).toEqual({
    body: {
      zoneId: own,
      name: '*.a.internal',
      type: 'A',
      ttl: 60,
      routing: 'simple',
      values: [{ value: '10.0.0.1' }, { value: '10.0.0.2' }],
    },
    scopes,
  });
  expect(bodyOf('t.a.internal.', 'TXT')).toMatchObject({ type: 'TXT', values: [{ value: '"x y"' }] });
  expect(bodyOf('w.a.internal.')).toMatchObject({
    routing: 'weighted',
    ttl: 5,
    values: [
      { value: '10.0.0.1', weight: 1 },
      { value: '10.0.0.2', weight: 9 },
    ],
  });
  expect(bodyOf('m.a.internal.')).toMatchObject({ routing: 'multivalue', values: [{ value: '10.0.0.1' }] });
  expect(bodyOf('f.a.internal.')).toMatchObject({ routing: 'simple', values: [{ value: '10.0.0.1' }] });
  expect(bodyOf('lb.a.internal.')).toMatchObject({ values: [{ value: 'web-1.eu-west-1.elb.localhost', alias: true }] });
  expect(bodyOf('a.internal.', 'NS')).toMatchObject({ type: 'NS' });
  expect(bodyOf('a.internal.', 'SOA')).toBeUndefined();
  expect(bodyOf('none.a.internal.')).toBeUndefined();

  const records = [...store.view.resourceRecordSets.by('zone', own)];
  const ids = new Set(records.map(({ name, type }) => `${own}/${name}/${type}`));
  for (const record of records) {
    const change = { key: '', before: record, after: undefined };
    const [id = ''] = nameCompiler.changedBy.resourceRecordSets!(change, store.view);
    expect(ids).toContain(id);
    expect([...zoneCompiler.changedBy.resourceRecordSets!(change, store.view)]).toEqual(
      record.type === 'SOA' ? [own] : [],
    );
  }
  const zone = store.view.hostedZones.get(own);
  const moved: RecordChange<'hostedZones'> = { key: own, before: zone, after: { ...zone, vpcs: [] } };
  expect(new Set(nameCompiler.changedBy.hostedZones!(moved, store.view))).toEqual(ids);
  expect([...nameCompiler.changedBy.hostedZones!({ ...moved, after: { ...zone, comment: 'c' } }, store.view)]).toEqual(
    [],
  );
});
