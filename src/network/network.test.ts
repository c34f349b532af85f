import { beforeEach, describe, expect, it } from 'vitest';
import { Ids, SeededRandom, silentLogger } from '#base';
import { type AccountId, type Region, routeTableOf, type Subnet } from '#model';
import { MemoryDisk, MemoryJournal, openStore, ownership, type RoadsteadStore, schema } from '#store';
import {
  choosePublicAddress,
  createDefaultSubnet,
  createDefaultVpc,
  ensureNetwork,
  findDefaultNetwork,
  overlappingVpc,
} from './index.ts';
import { freeAddressesOf, isAssignable, newInterfaceIn } from './interfaces.ts';
import { isPublicAddress } from './public-addresses.ts';

const scope = { accountId: '111111111111' as AccountId, region: 'eu-west-1' as Region };
const other = { ...scope, accountId: '222222222222' as AccountId };

let store: RoadsteadStore;
let ids: Ids;

beforeEach(async () => {
  ids = new Ids(new SeededRandom(1));
  store = await openStore(schema, { journal: new MemoryJournal(new MemoryDisk()), logger: silentLogger, ownership });
});

describe('an account in a region', () => {
  it('finds a default VPC with a subnet per zone, a way out, and what every VPC has', async () => {
    await store.update('api', (tx) => ensureNetwork(tx, scope, ids));
    const { view } = store;
    const network = findDefaultNetwork(view, scope)!;
    const { vpcId } = network.vpc;
    expect(network.vpc).toMatchObject({ cidrBlock: '172.31.0.0/16', isDefault: true });
    expect(network.subnets.map(({ cidrBlock, availabilityZone }) => [cidrBlock, availabilityZone])).toEqual([
      ['172.31.0.0/20', 'eu-west-1a'],
      ['172.31.16.0/20', 'eu-west-1b'],
      ['172.31.32.0/20', 'eu-west-1c'],
    ]);
    const [gateway] = view.internetGateways.by('vpc', vpcId);
    for (const { subnetId } of network.subnets) {
      expect(routeTableOf(subnetId, view.routeTables.by('vpc', vpcId))?.routes).toEqual([
        { destinationCidrBlock: '0.0.0.0/0', gatewayId: gateway?.internetGatewayId },
      ]);
      expect([...view.networkAcls.by('subnet', subnetId)].map(({ isDefault }) => isDefault)).toEqual([true]);
    }
    const [group] = network.securityGroups;
    expect([...view.securityGroupRules.by('group', group!.groupId)]).toMatchObject([
      { isEgress: false, ipProtocol: '-1', referencedGroupId: group?.groupId },
      { isEgress: true, ipProtocol: '-1', cidrIpv4: '0.0.0.0/0' },
    ]);
  });

  it('begins once: a default VPC that was deleted stays deleted', async () => {
    await store.update('api', (tx) => ensureNetwork(tx, scope, ids));
    const { vpc } = findDefaultNetwork(store.view, scope)!;
    await store.update('api', (tx) => {
      tx.vpcs.delete(vpc.vpcId);
      ensureNetwork(tx, scope, ids);
    });
    expect(findDefaultNetwork(store.view, scope)).toBeUndefined();
    expect(store.view.dhcpOptions.size).toBe(1);
  });

  it('has ranges that overlap nobody else', async () => {
    await store.update('api', (tx) => {
      for (const each of [scope, other]) ensureNetwork(tx, each, ids);
    });
    expect(findDefaultNetwork(store.view, other)?.vpc.cidrBlock).toBe('10.64.0.0/16');
    expect(overlappingVpc(store.view, '10.64.9.0/24')?.accountId).toBe(other.accountId);
    expect(overlappingVpc(store.view, '10.0.0.0/16')).toBeUndefined();
    const made = await store.update('api', (tx) => Array.from({ length: 192 }, () => createDefaultVpc(tx, scope, ids)));
    expect(made.filter((vpc) => vpc === undefined)).toHaveLength(1);
  });

  it('gets default subnets until the VPC is full', async () => {
    await store.update('api', (tx) => ensureNetwork(tx, scope, ids));
    const { vpc } = findDefaultNetwork(store.view, scope)!;
    const made = await store.update('api', (tx) =>
      Array.from({ length: 14 }, () => createDefaultSubnet(tx, vpc, 'eu-west-1a', ids)),
    );
    expect(made[0]?.cidrBlock).toBe('172.31.48.0/20');
    expect(made.filter((subnet) => subnet === undefined)).toHaveLength(1);
  });
});

describe('interfaces', () => {
  const subnet: Subnet = {
    ...scope,
    subnetId: 'subnet-1',
    vpcId: 'vpc-1',
    cidrBlock: '10.0.0.0/28',
    availabilityZone: 'eu-west-1a',
  };

  it('take the lowest free address until there is none', async () => {
    const made = await store.update('api', (tx) =>
      Array.from({ length: 12 }, () => {
        const eni = newInterfaceIn(tx, subnet, { securityGroups: ['sg-1'], description: 'mine' }, ids);
        if (eni !== undefined) tx.networkInterfaces.put(eni);
        return eni;
      }),
    );
    expect(made[0]).toMatchObject({
      privateIpv4Address: '10.0.0.4',
      subnetGatewayIpv4Address: '10.0.0.1/28',
      privateDnsName: 'ip-10-0-0-4.eu-west-1.compute.internal',
      vpcId: 'vpc-1',
      description: 'mine',
    });
    expect(made[10]?.privateIpv4Address).toBe('10.0.0.14');
    expect(made[11]).toBeUndefined();
    expect(freeAddressesOf(store.view, subnet)).toBe(0);
  });

  it('may have no address that AWS keeps', () => {
    const addresses = ['10.0.0.3', '10.0.0.4', '10.0.0.14', '10.0.0.15', '10.0.1.4', 'x'];
    expect(addresses.map((address) => isAssignable(subnet, address))).toEqual([false, true, true, false, false, false]);
  });
});

describe('public addresses', () => {
  const pool = { cidrBlocks: ['203.0.113.0/30', '203.0.113.9/32'] };

  it('are given once each', async () => {
    const given = await store.update('api', (tx) =>
      Array.from({ length: 4 }, (_, index) => {
        const publicIp = choosePublicAddress(tx, pool);
        if (publicIp !== undefined) tx.elasticIps.put({ ...scope, allocationId: `eipalloc-${index}`, publicIp });
        return publicIp;
      }),
    );
    expect(given).toEqual(['203.0.113.1', '203.0.113.2', '203.0.113.9', undefined]);
    expect(choosePublicAddress(store.view, { cidrBlocks: [] })).toBeUndefined();
  });

  it('are of the ranges', () => {
    expect(['203.0.113.1', '203.0.113.9', '203.0.113.8', ''].map((each) => isPublicAddress(pool, each))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
