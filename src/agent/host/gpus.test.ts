import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PayloadTask } from '#wire/link';
import { payloadTask } from '../testing.ts';
import { SimulatedHost } from '../testing-host.ts';
import { systemGpus } from './system-gpus.ts';

describe("the driver's files", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(`${tmpdir()}/roadstead-gpus-`);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test.each([
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version: 12.2.0 \n',
    'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  535.104.05  Release Build  (dvs-builder@x)\n',
  ])('name each GPU and the version: %s', async (version) => {
    writeFileSync(`${root}/version`, version);
    for (const [slot, uuid] of [
      ['0000:3b:00.0', 'GPU-5e8c6a0b-7d1f-1111-2222-333344445555'],
      ['0000:00:1e.0', 'GPU-11111111-7d1f-1111-2222-333344445555'],
    ]) {
      mkdirSync(`${root}/gpus/${slot}`, { recursive: true });
      const text = `Model: \t\t Tesla T4\nIRQ:   \t\t 33\nGPU UUID: \t ${uuid}\nVideo BIOS: \t 90.04\n`;
      writeFileSync(`${root}/gpus/${slot}/information`, text);
    }
    expect(await systemGpus(root)).toEqual({
      ids: ['GPU-11111111-7d1f-1111-2222-333344445555', 'GPU-5e8c6a0b-7d1f-1111-2222-333344445555'],
      driverVersion: '535.104.05',
    });
  });

  test('are not there without a driver', async () => {
    expect(await systemGpus(`${root}/none`)).toEqual({ ids: [] });
  });
});

describe('a host with GPUs', () => {
  const gpus = { ids: ['GPU-1', 'GPU-2'], driverVersion: '535.104.05' };
  const driver = [
    { name: 'ecs.capability.nvidia-driver-version.535.104.05' },
    { name: 'ecs.capability.gpu-driver-version', value: '535.104.05' },
  ];
  const wants = (host: SimulatedHost, ...names: string[]): PayloadTask => {
    const content = { encoding: 'base64', value: '' } as const;
    const associations = names.map((name) => ({ name, type: 'gpu' as const, content, containers: ['app'] }));
    return { ...payloadTask(host.ids), associations };
  };
  const startedWith = async (engine: { readonly gpus: boolean }): Promise<SimulatedHost> => {
    const host = new SimulatedHost(engine);
    host.gpus = gpus;
    await host.start();
    return host;
  };

  test('registers them, and gives each to the container that is to have it', async () => {
    const host = await startedWith({ gpus: true });
    const [registration] = host.controlPlane.registrations;
    expect(registration?.platformDevices).toEqual([
      { id: 'GPU-1', type: 'GPU' },
      { id: 'GPU-2', type: 'GPU' },
    ]);
    expect(registration?.attributes).toEqual(expect.arrayContaining(driver));
    await host.run(wants(host, 'GPU-2'));
    expect(host.runtime.bodyOf('-app-').HostConfig['DeviceRequests']).toEqual([
      { Driver: 'nvidia', DeviceIDs: ['GPU-2'], Capabilities: [['gpu']] },
    ]);
    await host.run(payloadTask(host.ids));
    expect(host.runtime.bodyOf('-app-').HostConfig).not.toHaveProperty('DeviceRequests');
  });

  test('gives none to two tasks at once', async () => {
    const host = await startedWith({ gpus: true });
    const [first, second] = [wants(host, 'GPU-1'), wants(host, 'GPU-1')];
    await host.run(first, second);
    expect(host.controlPlane.statusesOf(second.arn)).toEqual([]);
    host.controlPlane.stop(first);
    await host.pass(2000);
    expect(host.controlPlane.lastReport(second.arn)?.status).toBe('RUNNING');
  });

  test('refuses a task whose GPU it does not have', async () => {
    const host = await startedWith({ gpus: true });
    const task = wants(host, 'GPU-9');
    await host.run(task);
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
      status: 'STOPPED',
      reason: 'ResourceInitializationError: the task is to have the GPU GPU-9, which its host does not',
    });
  });

  test('offers none when the engine cannot give them to containers', async () => {
    const host = await startedWith({ gpus: false });
    const [registration] = host.controlPlane.registrations;
    expect(registration).not.toHaveProperty('platformDevices');
    for (const attribute of driver) expect(registration?.attributes).not.toContainEqual(attribute);
  });
});
