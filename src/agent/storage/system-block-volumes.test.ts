import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Ids, SeededRandom } from '#base';
import type { BlockVolume } from './port.ts';
import { SystemBlockVolumes } from './system-block-volumes.ts';

/** Directories: what needs no rights. Loop devices are for test/e2e/definition/block-volumes.test.ts. */
let directory: string;
let volumes: SystemBlockVolumes;
const ids = new Ids(new SeededRandom(1));
const open = (): SystemBlockVolumes =>
  new SystemBlockVolumes({
    volumes: `${directory}/volumes`,
    snapshots: `${directory}/snapshots`,
    backend: 'directory',
  });
beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/roadstead-volumes-`);
  volumes = open();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const volume = (over: Partial<BlockVolume> = {}): BlockVolume => ({
  volumeId: 'vol-0123456789abcdef0',
  taskArn: 'arn:task',
  volumeName: 'disk',
  sizeGiB: 1,
  deleteOnTermination: true,
  ...over,
});
const kept = { deleteOnTermination: false };

test('a volume is made once, found again by another process, and gone with its task', async () => {
  const path = await volumes.attach(volume());
  writeFileSync(`${path}/cargo`, 'tea');
  expect(await open().attach(volume())).toBe(path);
  expect(readFileSync(`${path}/cargo`, 'utf8')).toBe('tea');
  await volumes.detach(volume().volumeId);
  expect(readdirSync(`${directory}/volumes`)).toEqual([]);
  await volumes.detach(volume().volumeId);
});

test('what a volume holds is not known of a directory, which is not kept to its size', async () => {
  await volumes.attach(volume());
  expect(await volumes.usage(volume().volumeId)).toBeUndefined();
  expect(await volumes.usage('vol-1111111111111111')).toBeUndefined();
});

test('what was begun and never finished is made anew', async () => {
  mkdirSync(`${directory}/volumes/${volume().volumeId}/files`, { recursive: true });
  writeFileSync(`${directory}/volumes/${volume().volumeId}/files/half`, '');
  const path = await volumes.attach(volume());
  expect(readdirSync(path)).toEqual([]);
});

test('one that is left stays until it is deleted, and is the origin of others by its snapshot', async () => {
  const path = await volumes.attach(volume(kept));
  writeFileSync(`${path}/cargo`, 'tea');
  await expect(volumes.delete(volume().volumeId)).rejects.toThrow('is in use by arn:task');
  const { snapshotId, sizeGiB } = await volumes.snapshot(volume().volumeId, ids);
  expect(sizeGiB).toBe(1);
  await volumes.detach(volume().volumeId);
  await open().reconcile(() => false);
  expect((await volumes.list()).map((each) => each.kept)).toEqual([true]);
  await volumes.delete(volume().volumeId);
  const { sizeGiB: _, ...unsized } = volume({ volumeId: 'vol-1111111111111111', snapshotId });
  expect(readFileSync(`${await volumes.attach(unsized)}/cargo`, 'utf8')).toBe('tea');
  expect(await volumes.list()).toMatchObject([{ sizeGiB: 1, snapshotId }]);
  await volumes.deleteSnapshot(snapshotId);
  expect(await volumes.listSnapshots()).toEqual([]);
});

test('clean-up takes those that go with their tasks, and no others', async () => {
  await volumes.attach(volume());
  await volumes.attach(volume({ volumeId: 'vol-1111111111111111', ...kept }));
  await volumes.attach(volume({ volumeId: 'vol-2222222222222222' }));
  await open().reconcile((volumeId) => volumeId === 'vol-2222222222222222');
  expect((await volumes.list()).map(({ volumeId }) => volumeId)).toEqual([
    'vol-1111111111111111',
    'vol-2222222222222222',
  ]);
});

test('a snapshot that is not there, or is larger, and an id that is none are refused', async () => {
  const start = 'ECS failed to set up the EBS volume. vol-0123456789abcdef0: ';
  await expect(volumes.attach(volume({ snapshotId: 'snap-00000000' }))).rejects.toThrow(
    `${start}InvalidSnapshot.NotFound: The snapshot 'snap-00000000' does not exist on this host.`,
  );
  await volumes.attach(volume({ volumeId: 'vol-1111111111111111', sizeGiB: 5 }));
  const { snapshotId } = await volumes.snapshot('vol-1111111111111111', ids);
  await expect(volumes.attach(volume({ snapshotId }))).rejects.toThrow('expect size >= 5GB');
  await expect(volumes.attach(volume({ volumeId: 'vol-../../etc' }))).rejects.toThrow('is not an id');
  await expect(volumes.snapshot('vol-3333333333333333', ids)).rejects.toThrow('there is no volume');
  await expect(volumes.deleteSnapshot('snap-3333333333333333')).rejects.toThrow('there is no snapshot');
  expect(existsSync(`${directory}/volumes/${volume().volumeId}`)).toBe(false);
});
