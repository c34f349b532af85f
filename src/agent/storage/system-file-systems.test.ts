import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileSystemCatalogue } from './catalogue.ts';
import { SystemFileSystems } from './system-file-systems.ts';

test('a view that cannot be taken away keeps no other one, and is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'roadstead-views-'));
  try {
    const mounts = join(folder, 'mounts');
    for (const taskId of ['a', 'b', 'c']) await mkdir(join(mounts, taskId, 'data'), { recursive: true });
    await writeFile(join(mounts, 'a', 'data', 'somebody’s'), '');
    const catalogue = new FileSystemCatalogue({ directory: join(folder, 'file-systems') });
    const fileSystems = new SystemFileSystems({ region: 'us-east-1', mounts }, { catalogue });
    await expect(fileSystems.reconcile((taskId) => taskId === 'c')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    expect(await readdir(mounts)).toEqual(['a', 'c']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
