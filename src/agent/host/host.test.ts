import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '#base';
import { createCgroups } from './cgroup-files.ts';
import { HostPorts } from './ports.ts';
import { dynamicPortRange, systemPortProbe } from './system-ports.ts';

describe('host ports', () => {
  const range = { first: 100, last: 104 };

  test('are free, never given twice, and given back', async () => {
    const busy = new Set([101]);
    const probe = { isFree: async (port: number) => !busy.has(port) };
    const ports = new HostPorts(range, { probe, random: new SeededRandom(1) });
    const taken = [
      await ports.take('tcp', 1),
      await ports.take('tcp', 1),
      await ports.take('tcp', 1),
      await ports.take('tcp', 1),
    ];
    expect(taken.toSorted((a, b) => a - b)).toEqual([100, 102, 103, 104]);
    await expect(ports.take('tcp', 1)).rejects.toMatchObject({ code: 'NoFreePort' });
    expect(await ports.take('udp', 3)).toBe(102);
    ports.release('tcp', 103, 1);
    expect(await ports.take('tcp', 1)).toBe(103);
  });

  test('are different for those who ask at the same time, and none stays held that was not free', async () => {
    const busy = new Set([100, 101, 102]);
    const probe = {
      isFree: (port: number) => new Promise<boolean>((resolve) => setImmediate(resolve, !busy.has(port))),
    };
    const ports = new HostPorts(range, { probe, random: new SeededRandom(1) });
    const taken = await Promise.all([ports.take('tcp', 1), ports.take('tcp', 1)]);
    expect(taken.toSorted((a, b) => a - b)).toEqual([103, 104]);
    busy.clear();
    expect(await ports.take('tcp', 3)).toBe(100);
  });

  test('the probe sees a listener', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await systemPortProbe.isFree(port, 'tcp')).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await systemPortProbe.isFree(port, 'tcp')).toBe(true);
    expect(dynamicPortRange().first).toBeLessThan(dynamicPortRange().last);
  });
});

describe('control groups, by file', () => {
  const limits = { cpu: 0.25, memoryMiB: 512, cpuShares: 128 };

  test('version 1 has a group in each controller', async () => {
    const root = mkdtempSync(`${tmpdir()}/roadstead-cgroup-`);
    for (const controller of ['cpu', 'memory', 'pids']) mkdirSync(`${root}/${controller}`);
    const groups = createCgroups({ driver: 'cgroupfs', version: 1, root });
    expect(await groups.probe()).toEqual({ available: true, problems: [] });
    await groups.create('t1', limits);
    expect(groups.parentOf('t1')).toBe('/ecs/t1');
    const value = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');
    expect(value('cpu/ecs/t1/cpu.cfs_quota_us')).toBe('25000');
    expect(value('cpu/ecs/t1/cpu.cfs_period_us')).toBe('100000');
    expect(value('memory/ecs/t1/memory.limit_in_bytes')).toBe(String(512 * 1024 ** 2));
    expect(existsSync(`${root}/pids/ecs/t1`)).toBe(true);
    await groups.create('t2', { cpuShares: 300 });
    expect(value('cpu/ecs/t2/cpu.shares')).toBe('300');
    expect(existsSync(`${root}/cpu/ecs/t2/cpu.cfs_quota_us`)).toBe(false);
    rmSync(root, { recursive: true });
  });

  test('version 2 has one group, with the controllers handed down', async () => {
    const root = mkdtempSync(`${tmpdir()}/roadstead-cgroup-`);
    const groups = createCgroups({ driver: 'cgroupfs', version: 2, root });
    await groups.create('t1', limits);
    const value = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');
    expect(value('cgroup.subtree_control')).toBe('+cpu +memory +pids');
    expect(value('ecs/cgroup.subtree_control')).toBe('+cpu +memory +pids');
    expect(value('ecs/t1/cpu.max')).toBe('25000 100000');
    expect(value('ecs/t1/memory.max')).toBe(String(512 * 1024 ** 2));
    rmSync(root, { recursive: true });
  });

  test('one that cannot be removed yet is told of, and goes later', async () => {
    for (const version of [1, 2] as const) {
      const root = mkdtempSync(`${tmpdir()}/roadstead-cgroup-`);
      for (const controller of ['cpu', 'memory', 'pids']) mkdirSync(`${root}/${controller}`);
      const groups = createCgroups({ driver: 'cgroupfs', version, root });
      const inside = version === 1 ? `${root}/cpu/ecs/t1/c1` : `${root}/ecs/t1/c1`;
      mkdirSync(inside, { recursive: true });
      // As a process does, a file keeps its folder from being removed.
      writeFileSync(`${inside}/holds`, '');
      await expect(groups.remove('t1')).rejects.toThrow(/t1 still holds a process/);
      rmSync(`${inside}/holds`);
      await groups.remove('t1');
      expect(existsSync(inside)).toBe(false);
      await groups.remove('t1');
      rmSync(root, { recursive: true });
    }
  });

  test('where they cannot be made, that is said', async () => {
    const groups = createCgroups({ driver: 'cgroupfs', version: 2, root: '/proc/nowhere' });
    expect((await groups.probe()).available).toBe(false);
  });
});
