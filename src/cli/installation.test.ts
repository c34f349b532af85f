import { stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { TestInstallation } from '../../test/support/command-line.ts';
import { diskFiles } from './adapters/index.ts';
import {
  defaultDataDir,
  findProcess,
  installationPaths,
  isRoadstead,
  readCredentials,
  readServerState,
  writePid,
} from './installation.ts';

describe('the data directory', () => {
  const user = { userId: 1000, homeDirectory: '/home/ann' };
  const root = { userId: 0, homeDirectory: '/root' };
  test.each([
    [{}, user, '/home/ann/.local/share/roadstead'],
    [{}, root, '/var/lib/roadstead'],
    [{ XDG_DATA_HOME: '/data' }, user, '/data/roadstead'],
    [{ XDG_DATA_HOME: '/data' }, root, '/data/roadstead'],
    [{ XDG_DATA_HOME: 'relative' }, user, '/home/ann/.local/share/roadstead'],
    [{ XDG_DATA_HOME: '/data', ROADSTEAD_DATA_DIR: '/srv/r' }, user, '/srv/r'],
    [{ ROADSTEAD_DATA_DIR: '' }, root, '/var/lib/roadstead'],
  ])('%j for user %j is %s', (env, machine, expected) => {
    expect(defaultDataDir(env, machine)).toBe(expected);
  });
});

describe('what a server leaves', () => {
  test('is read back, and its secrets are for the owner alone', async () => {
    await using installation = await TestInstallation.create();
    const paths = installationPaths(installation.dataDir);
    await installation.pretendRunning('http://127.0.0.1:4566', 4711);
    expect((await readCredentials(diskFiles(), paths))?.accounts.default.accountId).toBe('000000000000');
    expect(await readServerState(diskFiles(), paths)).toMatchObject({ pid: 4711, url: 'http://127.0.0.1:4566' });
    expect((await stat(paths.credentials)).mode & 0o777).toBe(0o600);
    expect((await stat(paths.dataDir)).mode & 0o777).toBe(0o700);
  });

  test('is nothing when it is damaged', async () => {
    await using installation = await TestInstallation.create();
    const paths = installationPaths(installation.dataDir);
    const files = diskFiles();
    await files.makeDirectory(paths.dataDir, 0o700);
    for (const text of ['', '{', '[]', '{"pid": 1}', '{"endpointRegion":"x","accounts":{"default":{}}}']) {
      await files.write(paths.credentials, text, 0o600);
      await files.write(paths.serverState, text, 0o600);
      expect(await readCredentials(files, paths)).toBeUndefined();
      expect(await readServerState(files, paths)).toBeUndefined();
    }
  });
});

describe('finding a process', () => {
  test('by its command line', () => {
    const program = ['/n/node', '/opt/roadstead/src/main/cli.ts'];
    expect(isRoadstead([...program, 'up', '--foreground'], 'server')).toBe(true);
    expect(isRoadstead([...program, 'server'], 'server')).toBe(true);
    expect(isRoadstead([...program, 'agent', '--pool', 'fargate'], 'agent')).toBe(true);
    expect(isRoadstead([...program, 'agent'], 'server')).toBe(false);
    expect(isRoadstead(['/n/node', '/opt/other/server.js', 'server'], 'server')).toBe(false);
    expect(isRoadstead([], 'server')).toBe(false);
  });

  test('a pid file whose number passed to another program names nobody', async () => {
    await using installation = await TestInstallation.create();
    const paths = installationPaths(installation.dataDir);
    const files = diskFiles();
    await files.makeDirectory(paths.dataDir, 0o700);
    await writePid(files, paths.serverPid, 4711);
    const lines: Record<number, readonly string[]> = { 4711: ['/usr/bin/vim'] };
    const processes = { commandLine: (pid: number) => Promise.resolve(lines[pid]) };
    expect(await findProcess({ files, processes }, paths, 'server')).toBeUndefined();
    lines[4711] = ['node', '/r/src/main/cli.ts', 'up', '--foreground'];
    expect(await findProcess({ files, processes }, paths, 'server')).toBe(4711);
    delete lines[4711];
    expect(await findProcess({ files, processes }, paths, 'server')).toBeUndefined();
  });
});
