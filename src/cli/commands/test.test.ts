import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type CommandResult,
  engineAnswers,
  scriptedEngine,
  TestInstallation,
} from '../../../test/support/command-line.ts';
import { systemProcesses } from '../adapters/index.ts';
import type { Processes } from '../ports.ts';
import { readCounts } from './test.ts';

const root = join(import.meta.dirname, '../../..');

/** Runs `roadstead test --unit --json` in a checkout that holds just these tests. */
async function runTests(files: Readonly<Record<string, string>>): Promise<CommandResult> {
  await using installation = await TestInstallation.create();
  const { folder } = installation;
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'test/support'), { recursive: true });
  const reporter = 'test/support/closing-line-reporter.ts';
  await symlink(join(root, reporter), join(folder, reporter));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(folder, 'vitest.config.ts'),
    `export default { test: { projects: [{ test: { name: 'unit', include: ['*.test.ts'] } }] } };`,
  );
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), `import { expect, test } from 'vitest';\n${text}`);
  }
  const processes = systemProcesses();
  // What these runs say, failures on purpose among it, is not for those who run this one.
  const quiet: Processes = {
    ...processes,
    run: (command, args, options) => processes.run(command, args, { ...options, output: 'capture' }),
  };
  return await installation.run(['test', '--unit', '--json'], { processes: quiet });
}

const passing = "test('a', () => {}); test.skip('b', () => {}); test.todo('c');";

describe('a test run', () => {
  test('that passes ends with 0 and its counts; the output is on standard error', async () => {
    const result = await runTests({ 'one.test.ts': passing, 'two.test.ts': "test('d', () => {});" });
    expect(JSON.parse(result.stdout)).toEqual({ passed: 2, failed: 0, skipped: 2 });
    expect(result.exitCode).toBe(0);
  });

  test.each([
    [
      'a failing test',
      { 'one.test.ts': `${passing} test('d', () => { expect(1).toBe(2); });` },
      { passed: 1, failed: 1 },
    ],
    [
      'a file that cannot be loaded',
      { 'one.test.ts': passing, 'two.test.ts': "import './no-such-file.ts';" },
      { passed: 1, failed: 1 },
    ],
    [
      'an error outside every test',
      {
        'one.test.ts': `${passing} test('d', () => { setTimeout(() => { throw new Error('late'); }); return new Promise((r) => setTimeout(r, 50)); });`,
      },
      { failed: 1 },
    ],
    ['no test at all', {}, { passed: 0, failed: 1 }],
    ['skipped tests alone', { 'one.test.ts': "test.skip('a', () => {});" }, { passed: 0, failed: 1, skipped: 1 }],
  ])('with %s fails', async (_, files, counts) => {
    const result = await runTests(files);
    expect(JSON.parse(result.stdout)).toMatchObject(counts);
    expect(result.exitCode).toBe(1);
  });
});

test('counts are those of the last closing line', () => {
  expect(readCounts('1 passed, 0 failed, 0 skipped\nmore\n12 passed, 3 failed, 4 skipped\n')).toEqual({
    passed: 12,
    failed: 3,
    skipped: 4,
  });
  expect(readCounts('Tests  3 passed')).toBeUndefined();
});

describe('boto3, which a part of the suite drives', () => {
  /** A machine that has all but what is said; runs the suite in pretence and gives what was run before it. */
  async function suite(has: { readonly boto3: boolean; readonly packages: boolean }) {
    const ran: string[] = [];
    const processes: Processes = {
      ...systemProcesses(),
      which: (name) => Promise.resolve(`/usr/bin/${name}`),
      run: (command, args) => {
        const line = [command.split('/').at(-1), ...args].join(' ');
        const isSuite = line.includes('vitest');
        if (!isSuite) ran.push(line);
        const fails = (line.includes('import boto3') && !has.boto3) || (line.includes('apt-get') && !has.packages);
        const stdout = isSuite ? '3 passed, 0 failed, 2 skipped\n' : '';
        return Promise.resolve({ code: fails ? 1 : 0, stdout, stderr: fails ? 'no network' : '' });
      },
    };
    await using installation = await TestInstallation.create({ engine: scriptedEngine(engineAnswers), processes });
    const { machine, files } = installation.deps();
    const result = await installation.run(['test', '--json'], {
      machine: { ...machine, userId: 0, rootPath: root },
      files: { ...files, readBytes: () => Promise.resolve(staticProgram()) },
    });
    return { ...result, ran };
  }

  test('is installed where it is not', async () => {
    expect((await suite({ boto3: true, packages: true })).ran).toEqual(['python3 -c import boto3']);
    const { ran, exitCode } = await suite({ boto3: false, packages: true });
    expect(ran.at(-1)).toBe('apt-get -q install -y --no-install-recommends python3-boto3');
    expect(exitCode).toBe(0);
  });

  test('is done without where it cannot be had, and that is said', async () => {
    const { exitCode, stderr, stdout } = await suite({ boto3: false, packages: false });
    expect(stderr).toContain('cannot install boto3; its tests are skipped');
    expect(JSON.parse(stdout)).toEqual({ passed: 3, failed: 0, skipped: 2 });
    expect(exitCode).toBe(0);
  });
});

/** A program of one segment that is no interpreter's. */
function staticProgram(): Uint8Array {
  const view = new DataView(new ArrayBuffer(120));
  view.setUint32(0, 0x7f454c46);
  view.setUint16(4, 0x0201);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true);
  return new Uint8Array(view.buffer);
}
