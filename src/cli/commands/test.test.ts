import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CommandResult, TestInstallation } from '../../../test/support/command-line.ts';
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
