import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { FileSystemCatalogue } from './catalogue.ts';
import { SystemFileSystems } from './system-file-systems.ts';

let directory: string;
let catalogue: FileSystemCatalogue;
const ids = new Ids(new SeededRandom(1));
beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/roadstead-catalogue-`);
  catalogue = new FileSystemCatalogue({ directory });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a file system is a folder, known again by another process, gone with its files', async () => {
  const made = await catalogue.create({}, ids);
  expect(made.fileSystemId).toMatch(/^fs-[0-9a-f]{17}$/);
  const again = new FileSystemCatalogue({ directory });
  expect(await again.list()).toEqual([made]);
  const data = again.dataPath(made) ?? '';
  expect(statSync(data).mode & 0o777).toBe(0o755);
  writeFileSync(`${data}/cargo`, 'tea');
  await again.delete(made.fileSystemId);
  expect(await catalogue.list()).toEqual([]);
  expect(existsSync(data)).toBe(false);
});

test('one that is elsewhere keeps its files', async () => {
  const elsewhere = mkdtempSync(`${tmpdir()}/roadstead-elsewhere-`);
  try {
    const made = await catalogue.create({ directory: elsewhere }, ids);
    writeFileSync(`${elsewhere}/cargo`, 'tea');
    await catalogue.delete(made.fileSystemId);
    expect(existsSync(`${elsewhere}/cargo`)).toBe(true);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

test('what is no id, there already, or not there is refused', async () => {
  await catalogue.create({ fileSystemId: 'fs-0a1b2c3d' }, ids);
  await expect(catalogue.create({ fileSystemId: 'fs-0a1b2c3d' }, ids)).rejects.toThrow('is there already');
  await expect(catalogue.create({ fileSystemId: '../away' }, ids)).rejects.toThrow('is no id of a file system');
  await expect(catalogue.delete('fs-00000000')).rejects.toThrow('there is no file system fs-00000000');
  expect(await catalogue.find('../fs-0a1b2c3d')).toBeUndefined();
});

test('an access point has a root with its permissions; one that is there stays as it is', async () => {
  const { fileSystemId } = await catalogue.create({}, ids);
  const first = await catalogue.addAccessPoint(fileSystemId, { path: '/shop/till', permissions: 0o750 }, ids);
  expect(first.accessPointId).toMatch(/^fsap-[0-9a-f]{17}$/);
  await catalogue.addAccessPoint(fileSystemId, { path: '/shop/till', permissions: 0o777 }, ids);
  const [record] = await catalogue.list();
  expect(record?.accessPoints.map(({ path }) => path)).toEqual(['/shop/till', '/shop/till']);
  expect(statSync(`${directory}/${fileSystemId}/data/shop/till`).mode & 0o777).toBe(0o750);
  await expect(catalogue.addAccessPoint(fileSystemId, { path: '/shop/../..' }, ids)).rejects.toThrow('without ..');
});

test('the root of an access point is within its file system, whatever a task has put there', async () => {
  const { fileSystemId } = await catalogue.create({}, ids);
  const data = `${directory}/${fileSystemId}/data`;
  mkdirSync(`${data}/shop`);
  symlinkSync(directory, `${data}/out`);
  symlinkSync('shop', `${data}/within`);
  symlinkSync('nowhere', `${data}/dangling`);
  writeFileSync(`${data}/file`, '');
  const add = (path: string): Promise<unknown> => catalogue.addAccessPoint(fileSystemId, { path }, ids);
  for (const path of ['/out', '/out/made']) await expect(add(path)).rejects.toThrow('leads out of the file system');
  for (const path of ['/file', '/file/made', '/dangling'])
    await expect(add(path)).rejects.toThrow('is not a directory');
  expect(existsSync(`${directory}/made`)).toBe(false);
  await add('/within/till/');
  expect(existsSync(`${data}/shop/till`)).toBe(true);
  const [record] = await catalogue.list();
  expect(record?.accessPoints).toHaveLength(1);
});

test('an NFS server: options of the engine’s volume, and what it cannot do is refused', async () => {
  const { fileSystemId } = await catalogue.create({ nfs: { server: '10.0.0.5', path: '/srv' } }, ids);
  const fileSystems = new SystemFileSystems({ region: 'us-east-1', mounts: `${directory}/mounts` }, { catalogue });
  const volume = { volumeName: 'hold', fileSystemId };
  const o = 'addr=10.0.0.5,nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport';
  expect(await fileSystems.attach('1', volume)).toEqual({ driverOptions: { type: 'nfs', device: ':/srv', o } });
  expect(await fileSystems.attach('1', { ...volume, rootDirectory: '/deep/' })).toEqual({
    driverOptions: { type: 'nfs', device: ':/srv/deep', o },
  });
  const refused = (more: object): Promise<unknown> => fileSystems.attach('1', { ...volume, ...more });
  await expect(refused({ transitEncryption: 'ENABLED' })).rejects.toThrow('to which nothing is encrypted');
  await expect(refused({ rootDirectory: '/../etc' })).rejects.toThrow('leads out of');
  await expect(catalogue.addAccessPoint(fileSystemId, {}, ids)).rejects.toThrow('is an NFS server');
});
