import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '#base';
import type { HostDocument } from '#wire/link';
import { HostStateFiles } from './files.ts';

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'roadstead-host-state-'));
  directories.push(made);
  return made;
}

const peer: HostDocument = { kind: 'peer', id: 'arn:1', body: { underlayAddress: '10.0.0.1' } };
const certificate: HostDocument = { kind: 'certificate', id: 'arn:2', body: { certificate: 'c', privateKey: 'k' } };

test('what was kept is there again, once it was complete, and only its owner can read it', async () => {
  const place = await directory();
  const files = new HostStateFiles({ directory: place }, { log: silentLogger });
  expect(await files.load()).toBeUndefined();
  await files.save('peer', [peer]);
  await files.save('certificate', [certificate]);
  const again = (): HostStateFiles => new HostStateFiles({ directory: place }, { log: silentLogger });
  expect(await again().load()).toBeUndefined();
  await files.markComplete();
  expect(await again().load()).toEqual([peer, certificate]);
  for (const name of await readdir(`${place}/host-state`)) {
    expect((await stat(`${place}/host-state/${name}`)).mode & 0o777, name).toBe(0o600);
  }
});

test('what cannot be read was never kept', async () => {
  const place = await directory();
  const files = new HostStateFiles({ directory: place }, { log: silentLogger });
  await files.load();
  await files.save('peer', [peer]);
  await files.markComplete();
  await writeFile(`${place}/host-state/peer.json`, '[{"kind"');
  expect(await files.load()).toBeUndefined();
});
