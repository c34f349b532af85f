import { describe, expect, it } from 'vitest';
import { capacityOf, formatAddress, gatewayOf, nextAddress, parseAddress, rangeOf } from './address.ts';

describe('rangeOf', () => {
  it.each([
    ['172.31.0.0/20', '172.31.0.4', '172.31.15.254', 4091, '172.31.0.1/20'],
    ['10.0.1.0/28', '10.0.1.4', '10.0.1.14', 11, '10.0.1.1/28'],
    ['192.168.255.240/28', '192.168.255.244', '192.168.255.254', 11, '192.168.255.241/28'],
    ['10.0.1.7/28', '10.0.1.4', '10.0.1.14', 11, '10.0.1.1/28'],
  ])('%s goes from %s to %s', (cidr, first, last, capacity, gateway) => {
    const range = rangeOf(cidr);
    expect([formatAddress(range.first), formatAddress(range.last), capacityOf(range), gatewayOf(range)]).toEqual([
      first,
      last,
      capacity,
      gateway,
    ]);
  });

  it.each(['10.0.0.0', '10.0.0.0/31', '10.0.0.0/0', '10.0.0/24', '10.0.0.256/24', 'x/24'])('refuses %s', (cidr) => {
    expect(() => rangeOf(cidr)).toThrow();
  });
});

describe('nextAddress', () => {
  const range = rangeOf('10.0.0.0/28');
  const at = (cursor: string | undefined, used: readonly string[]): string | undefined => {
    const start = cursor === undefined ? undefined : parseAddress(cursor);
    const found = nextAddress(range, start, (address) => used.includes(address));
    return found === undefined ? undefined : formatAddress(found);
  };

  it('takes the lowest free one first', () => {
    expect(at(undefined, [])).toBe('10.0.0.4');
    expect(at(undefined, ['10.0.0.4', '10.0.0.5'])).toBe('10.0.0.6');
  });

  it('goes on from the cursor and comes round', () => {
    expect(at('10.0.0.7', [])).toBe('10.0.0.7');
    expect(at('10.0.0.14', ['10.0.0.14'])).toBe('10.0.0.4');
    expect(at('10.0.0.15', [])).toBe('10.0.0.4');
    expect(at('9.0.0.1', [])).toBe('10.0.0.4');
  });

  it('finds none when all are used', () => {
    const all = Array.from({ length: 11 }, (_, i) => `10.0.0.${i + 4}`);
    expect(at(undefined, all)).toBeUndefined();
  });
});
