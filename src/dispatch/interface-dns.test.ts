import { expect, it } from 'vitest';
import { apiHarness } from '../../test/support/api-harness.ts';
import { interfaceDns } from './interface-dns.ts';

it('tasks ask their VPC’s resolver, or whom its DHCP options name, where the host answers names', async () => {
  const { store, subnets, addHost } = await apiHarness();
  const [subnetId = ''] = await subnets();
  const host = await addHost({ cluster: 'default', attributes: { 'roadstead.capability.names': '' } });
  const plain = await addHost({ cluster: 'default' });
  const [vpc] = store.view.vpcs.all();
  const [subnet] = store.view.subnets.by('id', subnetId);
  if (vpc === undefined || subnet === undefined) throw new Error('no network');
  const eni = {
    accountId: vpc.accountId,
    region: vpc.region,
    networkInterfaceId: 'eni-1',
    subnetId,
    securityGroups: [],
    macAddress: '',
    privateIpv4Address: '172.31.0.4',
    subnetGatewayIpv4Address: '172.31.0.1/20',
    privateDnsName: '',
  };
  const dns = () => interfaceDns(store.view, eni, host);
  expect(dns()).toEqual({ domainNameServers: ['172.31.0.2'], domainName: ['eu-west-1.compute.internal'] });
  expect(interfaceDns(store.view, eni, plain)).toEqual({});
  const options = {
    accountId: vpc.accountId,
    region: vpc.region,
    dhcpOptionsId: 'dopt-1',
    isDefault: false,
    configurations: [
      { key: 'domain-name', values: ['corp.example other.example'] },
      { key: 'domain-name-servers', values: ['10.9.9.9', 'AmazonProvidedDNS'] },
    ],
  };
  await store.update('api', (tx) => {
    tx.dhcpOptions.put(options);
    tx.vpcs.put({ ...vpc, dhcpOptionsId: 'dopt-1' });
  });
  expect(dns()).toEqual({
    domainNameServers: ['10.9.9.9', '172.31.0.2'],
    domainName: ['corp.example', 'other.example'],
  });
  await store.update('api', (tx) => tx.vpcs.put({ ...vpc, enableDnsSupport: false }));
  expect(dns()).toEqual({ domainName: ['eu-west-1.compute.internal'] });
});
