import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { following, furthest, type InterfaceNames, seriesOf } from './series.ts';

function eni(address: string, over: Partial<InterfaceNames> = {}): InterfaceNames {
  return {
    ipv4Addresses: [{ privateAddress: address, primary: true }],
    subnetGatewayIpv4Address: '172.31.0.1/20',
    privateDnsName: `ip-${address.replaceAll('.', '-')}.ec2.internal`,
    ...over,
  };
}

const addressOf = (one: InterfaceNames): string => one.ipv4Addresses[0]?.privateAddress ?? '';
const none = (): boolean => false;

describe('following', () => {
  test('the next addresses of the subnet with their names, those in use left out', () => {
    const last = eni('172.31.0.254', { domainNameServers: ['10.0.0.2'], domainName: ['corp'] });
    expect(following(last, 3, (address) => address === '172.31.1.0')).toEqual([
      { ...last, ...eni('172.31.0.255', { domainNameServers: ['10.0.0.2'], domainName: ['corp'] }) },
      { ...last, ...eni('172.31.1.1', { domainNameServers: ['10.0.0.2'], domainName: ['corp'] }) },
      { ...last, ...eni('172.31.1.2', { domainNameServers: ['10.0.0.2'], domainName: ['corp'] }) },
    ]);
  });

  test('after the last address of a subnet comes the first that tasks may have', () => {
    const small = { subnetGatewayIpv4Address: '10.0.0.17/28' };
    expect(following(eni('10.0.0.29', small), 3, none).map(addressOf)).toEqual(['10.0.0.30', '10.0.0.20', '10.0.0.21']);
    // All but its own, however many are wanted.
    expect(following(eni('10.0.0.29', small), 99, none)).toHaveLength(10);
  });

  test.each([
    ['a name that does not say the address', { privateDnsName: 'i-0123456789abcdef0.ec2.internal' }],
    ['a name that goes on after the address', { privateDnsName: 'ip-172-31-0-99.ec2.internal' }],
    ['an address that tasks cannot have', { ...eni('172.31.0.3') }],
    ['a subnet that cannot be read', { subnetGatewayIpv4Address: '172.31.0.1' }],
    [
      'two addresses',
      {
        ipv4Addresses: [
          { privateAddress: '172.31.0.9', primary: true },
          { privateAddress: '172.31.0.10', primary: false },
        ],
      },
    ],
  ])('nothing is foretold from %s', (_what, over) => {
    expect(following(eni('172.31.0.9', over), 3, none)).toEqual([]);
    expect(seriesOf(eni('172.31.0.9', over))).toBeUndefined();
  });

  test('whatever the subnet, what follows is of the same series, once each, and never reserved', () => {
    const cases = fc.record({
      prefix: fc.integer({ min: 16, max: 28 }),
      base: fc.nat(0xffff),
      offset: fc.nat(),
      count: fc.nat(40),
    });
    fc.assert(
      fc.property(cases, ({ prefix, base, offset, count }) => {
        const size = 2 ** (32 - prefix);
        const network = 10 * 2 ** 24 + base * 256 - ((10 * 2 ** 24 + base * 256) % size);
        const text = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
        const gateway = { subnetGatewayIpv4Address: `${text(network + 1)}/${prefix}` };
        const last = eni(text(network + 4 + (offset % (size - 5))), gateway);
        const next = following(last, count, none);
        expect(next).toHaveLength(Math.min(count, size - 6));
        expect(new Set(next.map(addressOf)).size).toBe(next.length);
        for (const one of next) {
          expect(seriesOf(one)).toBe(seriesOf(last));
          const value = addressOf(one)
            .split('.')
            .reduce((sum, part) => sum * 256 + Number(part), 0);
          expect(value - network).toBeGreaterThanOrEqual(4);
          expect(value - network).toBeLessThanOrEqual(size - 2);
        }
      }),
    );
  });
});

describe('furthest', () => {
  test('one that was overtaken changes nothing; one far behind begins anew', () => {
    const known = eni('172.31.1.0');
    expect(furthest(undefined, known)).toBe(known);
    expect(furthest(known, eni('172.31.0.250'))).toBe(known);
    expect(furthest(known, known)).toBe(known);
    const ahead = eni('172.31.1.9');
    expect(furthest(known, ahead)).toBe(ahead);
    const anew = eni('172.31.0.4');
    expect(furthest(known, anew)).toBe(anew);
  });

  test('the first address after the last one is ahead', () => {
    const small = { subnetGatewayIpv4Address: '10.0.0.17/28' };
    const first = eni('10.0.0.20', small);
    expect(furthest(eni('10.0.0.30', small), first)).toBe(first);
    expect(furthest(first, eni('10.0.0.30', small))).toBe(first);
  });
});

test('another subnet, domain or server of names is another series', () => {
  const one = eni('172.31.0.9');
  expect(seriesOf(eni('172.31.0.200'))).toBe(seriesOf(one));
  for (const other of [
    eni('172.31.16.9', { subnetGatewayIpv4Address: '172.31.16.1/20' }),
    eni('172.31.0.9', { privateDnsName: 'ip-172-31-0-9.eu-west-1.compute.internal' }),
    eni('172.31.0.9', { domainNameServers: ['1.1.1.1'] }),
  ]) {
    expect(seriesOf(other)).not.toBe(seriesOf(one));
  }
});
