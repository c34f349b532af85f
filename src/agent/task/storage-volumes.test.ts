import { describe, expect, test } from 'vitest';
import { Fault } from '#base';
import type { PayloadTask } from '#wire/link';
import { relistMs } from '../limits.ts';
import { payloadTask } from '../testing.ts';
import { type SimulatedHost, startedHost } from '../testing-host.ts';

const mounts = { mountPoints: [{ sourceVolume: 'hold', containerPath: '/hold', readOnly: true }] };
const fileSystem = (host: SimulatedHost, fileSystemId = 'fs-0a1b2c3d'): PayloadTask =>
  payloadTask(host.ids, mounts, { volumes: [{ name: 'hold', type: 'efs', efsVolumeConfiguration: { fileSystemId } }] });
const volumeId = 'vol-0123456789abcdef0';
const block = (host: SimulatedHost, properties: Readonly<Record<string, string>> = {}): PayloadTask =>
  payloadTask(host.ids, mounts, {
    volumes: [{ name: 'hold', type: 'attachment' }],
    attachments: [
      {
        attachmentArn: 'arn:aws:ecs:us-east-1:000000000000:attachment/default/1',
        attachmentType: 'amazonebs',
        attachmentProperties: Object.entries({ volumeId, volumeName: 'hold', volumeSizeGib: '20', ...properties }).map(
          ([name, value]) => ({ name, value }),
        ),
      },
    ],
  });
const idOf = ({ arn }: PayloadTask): string => arn.split('/').at(-1) ?? '';

/** What the engine was asked to mount in the task's container. */
async function bindsOf(host: SimulatedHost, task: PayloadTask): Promise<unknown> {
  return host.runtime.bodyOf(host.container(task.arn)?.runtimeName ?? '')?.HostConfig['Binds'];
}

describe('file systems', () => {
  test('a directory is mounted for the task, and given back before its end is told', async () => {
    const host = await startedHost();
    const task = fileSystem(host);
    await host.run(task);
    expect(await bindsOf(host, task)).toEqual([`/mounts/${idOf(task)}/hold:/hold:ro`]);
    expect([...host.fileSystems.held.keys()]).toEqual([idOf(task)]);
    host.controlPlane.stop(task);
    await host.pass(60_000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
    expect(host.fileSystems.held.size).toBe(0);
  });

  test('of an NFS server: a volume of the engine, which goes with the task', async () => {
    const host = await startedHost();
    host.fileSystems.nfs.set('fs-0a1b2c3d', { type: 'nfs', device: ':/', o: 'addr=10.0.0.5' });
    const task = fileSystem(host);
    await host.run(task);
    const [name = ''] = await host.runtime.listVolumes([]);
    expect(name).toMatch(/^ecs-web-1-hold-[0-9a-f]{20}$/);
    expect(await bindsOf(host, task)).toEqual([`${name}:/hold:ro`]);
    host.controlPlane.stop(task);
    await host.pass(11 * 60_000);
    expect(await host.runtime.listVolumes([])).toEqual([]);
  });

  test('one that cannot be mounted is the reason', async () => {
    const host = await startedHost();
    host.fileSystems.failure = new Fault('Volume', 'ResourceInitializationError: no such file system');
    const task = fileSystem(host);
    await host.run(task);
    const reason = 'ResourceInitializationError: no such file system';
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({ status: 'STOPPED', reason });
  });

  test('a host outside of any cloud offers neither', async () => {
    const host = await startedHost();
    const names = (of: SimulatedHost): string[] =>
      (of.controlPlane.registrations[0]?.attributes ?? [])
        .map(({ name }) => name)
        .filter((name) => /efs|ebs/.test(name));
    expect(names(host)).toEqual([
      'ecs.capability.efs',
      'ecs.capability.efsAuth',
      'ecs.capability.storage.ebs-task-volume-attach',
    ]);
    const outside = await startedHost({}, 2, { external: true });
    expect(names(outside)).toEqual([]);
  });
});

describe('block volumes', () => {
  test('is attached before the container is there, told, and gone before the end is told', async () => {
    const host = await startedHost();
    const task = block(host, { fileSystem: 'ext4', 'roadstead.snapshotId': 'snap-1' });
    await host.run(task);
    expect(host.blockVolumes.volumes.get(volumeId)).toMatchObject({
      taskArn: task.arn,
      sizeGiB: 20,
      filesystemType: 'ext4',
      snapshotId: 'snap-1',
      deleteOnTermination: true,
    });
    expect(await bindsOf(host, task)).toEqual([`/volumes/${volumeId}:/hold:ro`]);
    const attachments = [{ attachmentArn: task.attachments?.[0]?.attachmentArn, status: 'ATTACHED' }];
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({ status: 'RUNNING', attachments });
    host.controlPlane.stop(task);
    await host.pass(60_000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
    expect(host.blockVolumes.volumes.size).toBe(0);
  });

  test('one that the task leaves stays, without being mounted', async () => {
    const host = await startedHost();
    const task = block(host, { 'roadstead.deleteOnTermination': 'false' });
    await host.run(task);
    host.controlPlane.stop(task);
    await host.pass(60_000);
    expect(host.blockVolumes.volumes.get(volumeId)?.mounted).toBe(false);
  });

  test('one that does not come is given up, in ECS’s words', async () => {
    const host = await startedHost();
    host.blockVolumes.ready = new Promise(() => {});
    const task = block(host);
    await host.run(task);
    await host.pass(14 * 60_000);
    expect(host.controlPlane.lastReport(task.arn)?.status).not.toBe('STOPPED');
    await host.pass(2 * 60_000);
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
      status: 'STOPPED',
      reason: 'ECS timed out while configuring the EBS volume attachment to your Task.',
    });
  });

  test('an agent that comes back keeps those of its tasks and takes away the others', async () => {
    const host = await startedHost();
    const task = block(host);
    await host.run(task);
    await host.crash();
    const stray = { ...host.blockVolumes.volumes.get(volumeId)!, volumeId: 'vol-1' };
    host.blockVolumes.volumes.set('vol-1', stray);
    host.fileSystems.held.set('of-nobody', ['hold']);
    await host.start();
    expect([...host.blockVolumes.volumes.keys()]).toEqual([volumeId]);
    expect(host.fileSystems.held.size).toBe(0);
    expect(host.container(task.arn)?.known).toBe('RUNNING');
  });
});

test('what a task is given while the host is compared with its tasks stays the task’s', async () => {
  const host = await startedHost();
  const { promise: listed, resolve: list } = Promise.withResolvers<void>();
  const { runtime } = host;
  const listVolumes = runtime.listVolumes.bind(runtime);
  runtime.listVolumes = async (labels) => {
    await listed;
    return listVolumes(labels);
  };
  await host.pass(relistMs);
  const [efs, ebs] = [fileSystem(host), block(host)];
  await host.run(efs, ebs);
  host.fileSystems.held.set('0'.repeat(32), ['hold']);
  list();
  await host.pass(1000);
  expect([...host.fileSystems.held.keys()]).toEqual([idOf(efs)]);
  expect(host.blockVolumes.volumes.get(volumeId)?.mounted).toBe(true);
  expect([efs, ebs].map(({ arn }) => host.task(arn)?.reached)).toEqual(['RUNNING', 'RUNNING']);
});
