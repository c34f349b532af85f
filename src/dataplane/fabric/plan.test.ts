import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains, deviceName, hostLines, subnetOf, taskLines } from './plan.ts';

const task = {
  interfaceId: 'eni-0a1b2c3d4e5f60718',
  macAddress: '0a:00:00:00:00:01',
  address: '172.31.16.7',
  subnetGateway: '172.31.16.1/20',
};

test('a device name is short, and the same for the same interface', () => {
  expect(deviceName('eni-0a1b2c3d4e5f60718')).toBe('rsc3d4e5f60718');
  expect(deviceName('eni-1')).toBe('rs000000000001');
  expect(deviceName(task.interfaceId).length).toBeLessThanOrEqual(15);
  expect(() => deviceName('eni-')).toThrow('no interface id');
});

test('subnets of gateways', () => {
  expect(subnetOf('172.31.17.1/20')).toBe('172.31.16.0/20');
  expect(subnetOf('10.1.2.3/8')).toBe('10.0.0.0/8');
  expect(subnetOf('10.1.2.3/32')).toBe('10.1.2.3/32');
  expect(subnetOf('10.1.2.129/25')).toBe('10.1.2.128/25');
  for (const bad of ['10.1.2.3', '10.1.2/24', '10.1.2.300/24', '10.1.2.3/0', 'x/24']) {
    expect(() => subnetOf(bad)).toThrow('no gateway address');
  }
  expect(contains('172.31.16.0/20', '172.31.31.255')).toBe(true);
  expect(contains('172.31.16.0/20', '172.31.32.0')).toBe(false);
});

test('every address is in its own subnet, and a subnet is its own subnet', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(byte, byte, byte, byte, fc.integer({ min: 1, max: 32 }), (a, b, c, d, prefix) => {
      const subnet = subnetOf(`${a}.${b}.${c}.${d}/${prefix}`);
      expect(contains(subnet, `${a}.${b}.${c}.${d}`)).toBe(true);
      expect(subnetOf(subnet)).toBe(subnet);
    }),
  );
});

test('the lines for both sides name the same address, and nothing else can enter the batch by the owner', () => {
  const lines = hostLines(task, 42, { mtu: 1400, owner: 'roadstead:/a "b"\nlink del eth0', deviceGroup: 7 });
  expect(lines.every((line) => !line.includes('\n'))).toBe(true);
  expect(lines[0]).toContain('mtu 1400 netns 42');
  expect(lines).toContain(`route replace 172.31.16.7/32 dev ${deviceName(task.interfaceId)} proto 82`);
  expect(lines.at(-1)).toMatch(/^route replace unreachable 172\.31\.16\.0\/20 /);
  expect(taskLines(task)).toContain('addr replace 172.31.16.7/32 dev eth0');
});
