import { expect, it } from 'vitest';
import { publicAddressesFrom } from './public-addresses.ts';

it('takes ranges', () => {
  const cidrBlocks = ['203.0.113.16/28', '198.51.100.7/32'];
  expect(publicAddressesFrom(cidrBlocks)).toEqual({ cidrBlocks });
});

it('refuses what is none', () => {
  expect(() => publicAddressesFrom(['203.0.113.256/28'])).toThrow('203.0.113.256/28 is no range of IPv4 addresses');
});
