import { expect, test } from 'vitest';
import { instantFromMs } from '#base';
import type { AccountId, Region } from './arn.ts';
import type { DiscoveryInstance } from './discovery.ts';
import { instanceNames, serviceNames } from './discovery-names.ts';

const zone = { name: 'Web.local' };

function instance(instanceId: string, attributes: Record<string, string>, health?: 'HEALTHY' | 'UNHEALTHY') {
  const scope = { accountId: '000000000000' as AccountId, region: 'us-east-1' as Region };
  const record: DiscoveryInstance = { ...scope, serviceId: 's', instanceId, attributes, createdAt: instantFromMs(0) };
  return health === undefined ? record : { ...record, health };
}

function config(routingPolicy: 'MULTIVALUE' | 'WEIGHTED', ...types: ('A' | 'AAAA' | 'SRV' | 'CNAME')[]) {
  return { name: 'Api', dnsConfig: { routingPolicy, dnsRecords: types.map((type) => ({ type, ttl: 10 })) } };
}

test('healthy instances are answered, all of them when none is', () => {
  const [a, b] = [{ AWS_INSTANCE_IPV4: '10.0.0.1' }, { AWS_INSTANCE_IPV4: '10.0.0.2' }];
  const service = config('MULTIVALUE', 'A');
  const base = { name: 'api.web.local', type: 'A', ttl: 10, routing: 'multivalue' };
  expect(serviceNames(zone, service, [instance('1', a, 'UNHEALTHY'), instance('2', b, 'HEALTHY')])).toEqual([
    { ...base, values: [{ value: '10.0.0.2' }] },
  ]);
  expect(serviceNames(zone, service, [instance('1', a, 'UNHEALTHY')])).toEqual([
    { ...base, values: [{ value: '10.0.0.1' }] },
  ]);
  expect(serviceNames(zone, service, [])).toEqual([]);
  expect(serviceNames(zone, { name: 'plain' }, [instance('1', a)])).toEqual([]);
});

test('SRV records point to names of their instances, which have addresses', () => {
  const attributes = { AWS_INSTANCE_IPV4: '10.0.0.1', AWS_INSTANCE_IPV6: 'fd00::1', AWS_INSTANCE_PORT: '8080' };
  const names = [
    ...serviceNames(zone, config('MULTIVALUE', 'SRV'), [instance('One', attributes)]),
    ...instanceNames(zone, config('MULTIVALUE', 'SRV'), instance('One', attributes)),
  ];
  expect(names.map(({ name, type, values }) => [name, type, values[0]?.value])).toEqual([
    ['api.web.local', 'SRV', '1 1 8080 one.api.web.local'],
    ['one.api.web.local', 'A', '10.0.0.1'],
    ['one.api.web.local', 'AAAA', 'fd00::1'],
  ]);
});

test('aliases and CNAMEs name others, one at a time', () => {
  const alias = [instance('1', { AWS_ALIAS_DNS_NAME: 'lb.elb.localhost' })];
  expect(serviceNames(zone, config('WEIGHTED', 'A'), alias)).toEqual([
    {
      name: 'api.web.local',
      type: 'A',
      ttl: 10,
      routing: 'weighted',
      values: [{ value: 'lb.elb.localhost', alias: true }],
    },
  ]);
  const cname = [instance('1', { AWS_INSTANCE_CNAME: 'example.com' })];
  expect(serviceNames(zone, config('WEIGHTED', 'CNAME'), cname)[0]?.values).toEqual([{ value: 'example.com' }]);
});
