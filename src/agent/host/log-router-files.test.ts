import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogRouters } from './log-router-files.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/roadstead-routers-`);
});
afterEach(() => rmSync(directory, { recursive: true }));

const taskId = 'a'.repeat(32);

test('each task has a folder, closed to other users of the host, with files that every container user can read', async () => {
  const routers = createLogRouters({ directory });
  expect(await routers.probe()).toEqual({ available: true, problems: [] });
  const before = process.umask(0o077);
  try {
    await routers.write(taskId, { configuration: 'one\n' });
  } finally {
    process.umask(before);
  }
  await routers.write(taskId, { configuration: 'two\n', external: new TextEncoder().encode('more\n') });
  const paths = routers.pathsOf(taskId);
  expect(readFileSync(paths.configuration, 'utf8')).toBe('two\n');
  expect(readFileSync(paths.external, 'utf8')).toBe('more\n');
  expect(statSync(paths.configuration).mode & 0o777).toBe(0o644);
  expect(statSync(paths.sockets).mode & 0o777).toBe(0o755);
  expect(statSync(`${directory}/firelens`).mode & 0o077).toBe(0);
  await routers.remove(taskId);
  await routers.remove(taskId);
  expect(readdirSync(`${directory}/firelens`)).toEqual([]);
});

test('what is of no other task stays', async () => {
  const routers = createLogRouters({ directory });
  await routers.keepOnly(() => false);
  await routers.probe();
  for (const id of ['b', 'c']) await routers.write(id, { configuration: '' });
  await routers.keepOnly((id) => ['c', 'd'].includes(id));
  expect(readdirSync(`${directory}/firelens`)).toEqual(['c']);
});

test.runIf(process.getuid?.() === 0).each([
  ['1001', 1001, process.getgid?.()],
  ['1001:1002', 1001, 1002],
  ['1001:logs', 1001, process.getgid?.()],
])('the socket’s folder belongs to the user %s', async (user, uid, gid) => {
  const routers = createLogRouters({ directory });
  await routers.write(taskId, { configuration: '', user });
  expect(statSync(routers.pathsOf(taskId).sockets)).toMatchObject({ uid, gid });
});

test('a user by name is refused: the host does not know who that is', async () => {
  const routers = createLogRouters({ directory });
  await expect(routers.write(taskId, { configuration: '', user: 'fluent' })).rejects.toMatchObject({
    code: 'Firelens',
    message: expect.stringContaining("'fluent' is not a number"),
  });
});

test('a data directory whose sockets would have too long a path is not offered for routers', async () => {
  const long = `${directory}/${'d'.repeat(60)}`;
  const { available, problems } = await createLogRouters({ directory: long }).probe();
  expect(available).toBe(false);
  expect(problems[0]).toContain('choose a shorter data directory');
});
