import { describe, expect, test } from 'vitest';
import type { Check } from './check.ts';
import { decideChecks, type MachineFacts } from './checks.ts';

const engine = {
  engine: 'Docker',
  rootless: false,
  version: '20.10.24',
  apiVersion: '1.41',
  minApiVersion: '1.12',
  cgroupVersion: '2',
  cgroupDriver: 'systemd',
  systemTime: '2026-11-21T21:00:00Z',
  storage: { driver: 'overlay2', backing: 'xfs', directory: '/var/lib/docker' },
} as const;
const storage = { loop: true, made: ['ext4', 'xfs'], nfs: true, driver: 'overlay2 on xfs', limits: true };

const good: MachineFacts = {
  platform: 'linux x64',
  nodeVersion: 'v24.21.0',
  root: true,
  engine,
  cgroup: { version: 2, controllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'] },
  commands: {
    ip: '/sbin/ip',
    iptables: '/sbin/iptables',
    nsenter: '/usr/bin/nsenter',
    aws: '/usr/bin/aws',
    haproxy: '/usr/sbin/haproxy',
    nft: '/usr/sbin/nft',
    conntrack: '/usr/sbin/conntrack',
  },
  iptablesVersion: 'iptables v1.8.9 (nf_tables)',
  awsVersion: 'aws-cli/2.13.0 Python/3.11.2 Linux/6.1.0',
  nftables: true,
  vxlan: true,
  netem: true,
  storage,
  port: { number: 4566, state: 'free' },
  dataDir: '/var/lib/roadstead',
  freeBytes: 50e9,
  now: 1_795_000_000,
  engineNow: 1_795_000_001,
};

function check(name: string, facts: Partial<MachineFacts>): Check | undefined {
  return decideChecks({ ...good, ...facts }).find((candidate) => candidate.name === name);
}

test('each kind of engine says what tasks lack on it', () => {
  const said = (over: object): string => check('engine', { engine: { ...engine, ...over } })?.detail ?? '';
  expect(said({ engine: 'Podman', version: '4.3.1' })).toContain('Podman 4.3.1');
  expect(said({ engine: 'Podman' })).not.toContain('health checks');
  expect(said({ engine: 'Podman', cgroupDriver: 'cgroupfs' })).toContain('no health checks');
  expect(said({ rootless: true })).toContain('ports below 1024');
  expect(said({ rootless: true, cgroupDriver: 'none' })).toContain("limits of CPU and memory don't hold");
});

test('a good machine passes everything', () => {
  expect(decideChecks(good).filter(({ state }) => state !== 'ok')).toEqual([]);
});

describe('what is wrong', () => {
  const cases: readonly (readonly [string, Partial<MachineFacts>, Check['state']])[] = [
    ['system', { platform: 'darwin arm64' }, 'failed'],
    ['node', { nodeVersion: 'v24.9.0' }, 'failed'],
    ['rights', { root: false }, 'warning'],
    ['engine', { engine: { problem: 'nobody answers', fix: 'start it' } }, 'failed'],
    ['engine', { engine: { ...engine, engine: 'Podman' } }, 'warning'],
    ['engine', { engine: { ...engine, rootless: true } }, 'warning'],
    ['engine', { engine: { ...engine, apiVersion: '1.40' } }, 'failed'],
    ['engine', { engine: { ...engine, apiVersion: '1.60', minApiVersion: '1.56' } }, 'failed'],
    ['cgroups', { cgroup: undefined }, 'failed'],
    ['cgroups', { cgroup: { version: 1, controllers: ['cpu', 'pids'] } }, 'warning'],
    ['network tools', { commands: { ...good.commands, iptables: undefined } }, 'failed'],
    ['nftables', { nftables: false }, 'warning'],
    ['load balancing', { commands: { ...good.commands, haproxy: undefined } }, 'warning'],
    ['nftables', { nftables: undefined }, 'warning'],
    ['vxlan', { vxlan: false }, 'warning'],
    ['fault injection', { netem: false }, 'warning'],
    ['fault injection', { netem: undefined }, 'warning'],
    ['EBS volumes', { storage: { ...storage, loop: undefined } }, 'warning'],
    ['EBS volumes', { storage: { ...storage, loop: false } }, 'warning'],
    ['EBS volumes', { storage: { ...storage, made: ['ext4'] } }, 'warning'],
    ['EFS volumes', { storage: { ...storage, nfs: false } }, 'warning'],
    ['storage size', { storage: { ...storage, limits: false } }, 'warning'],
    ['port', { port: { number: 4566, state: 'taken' } }, 'failed'],
    ['disk', { freeBytes: 1e9 }, 'warning'],
    ['clock', { now: 100, engineNow: undefined }, 'failed'],
    ['clock', { engineNow: 1_795_000_600 }, 'failed'],
    ['aws CLI', { commands: { ...good.commands, aws: undefined } }, 'warning'],
    ['aws CLI', { awsVersion: 'aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0 source/x86_64.debian.12' }, 'warning'],
    ['aws CLI', { awsVersion: 'aws-cli/1.28.1 Python/3.9.2 Linux/5.10.0 botocore/1.30.1' }, 'warning'],
  ];
  test.each(cases)('%s with %j: %s, with a fix', (name, facts, state) => {
    expect(check(name, facts)).toMatchObject({ state, fix: expect.stringMatching(/./) as string });
    expect(decideChecks({ ...good, ...facts }).filter((other) => other.state !== 'ok')).toHaveLength(1);
  });

  test('a fix names the packages', () => {
    expect(check('network tools', { commands: {} })?.fix).toBe('apt-get install iproute2 iptables nftables util-linux');
  });

  test.each(['aws-cli/1.44.2 Python/3.12.0', 'aws-cli/3.0.0 Python/3.14.0', 'something else', undefined])(
    'an aws CLI that says %j is fine',
    (awsVersion) => {
      expect(check('aws CLI', { awsVersion })?.state).toBe('ok');
    },
  );

  test('our own server on the port is fine', () => {
    expect(check('port', { port: { number: 4566, state: 'ours' } })?.state).toBe('ok');
  });
});
