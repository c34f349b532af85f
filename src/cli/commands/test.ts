import { isStaticProgram } from '../demo/elf.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { installPackages } from '../engine/packages.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { CommandBody, Invocation } from '../invocation.ts';

export interface TestOptions {
  readonly unit?: boolean;
}

/** The last line of a test run, made by test/support/closing-line-reporter.ts. */
const closingLine = /^(\d+) passed, (\d+) failed, (\d+) skipped$/gm;

/** `roadstead test`: exit code 0 only when tests ran and none failed. */
export const test: CommandBody<TestOptions> = async (invocation, filters, options) => {
  const { deps, common } = invocation;
  const { rootPath, nodePath } = deps.machine;
  const vitest = `${rootPath}/node_modules/vitest/vitest.mjs`;
  if (!(await deps.files.exists(vitest))) {
    throw new Failure('the test tools are not installed', {
      why: `${vitest} is missing`,
      next: `cd ${rootPath} && npm ci --include=dev`,
    });
  }
  if (options.unit !== true) await setUp(invocation);
  const forPeople = common.output === 'table' || common.output === 'wide';
  const result = await deps.processes.run(nodePath, [vitest, 'run', ...vitestArguments(options, filters)], {
    cwd: rootPath,
    output: forPeople ? 'inherit' : 'capture-and-stderr',
    env: testEnvironment(invocation),
    signal: deps.signal,
  });
  if (forPeople) return { exitCode: result.code === 0 ? exitCodes.ok : exitCodes.failed };
  const counts = readCounts(result.stdout);
  const ran = counts !== undefined && counts.passed + counts.failed > 0;
  return {
    exitCode: result.code === 0 && ran ? exitCodes.ok : exitCodes.failed,
    report: { data: counts ?? { passed: 0, failed: 0, skipped: 0 }, lines: () => [], names: [] },
  };
};

/** What the whole suite needs beside Node.js: an engine, the agent's tools, the aws CLI, openssl, strace, a static busybox, boto3. */
async function setUp(invocation: Invocation): Promise<void> {
  await ensureEngine(invocation);
  if ((await invocation.deps.processes.which('aws')) === undefined) {
    await installPackages(invocation, { what: 'the aws CLI', packages: ['awscli'] });
  }
  if ((await invocation.deps.processes.which('openssl')) === undefined) {
    await installPackages(invocation, { what: 'what makes certificates for tests', packages: ['openssl'] });
  }
  if ((await invocation.deps.processes.which('strace')) === undefined) {
    await installPackages(invocation, { what: 'what kills the store at every disk access', packages: ['strace'] });
  }
  const busybox = await invocation.deps.files.readBytes('/bin/busybox');
  if (busybox === undefined || !isStaticProgram(busybox)) {
    await installPackages(invocation, { what: 'what test images are made of', packages: ['busybox-static'] });
  }
  await wantBoto3(invocation);
}

/** The tests that drive boto3 are skipped where it cannot be had: nothing else needs it. */
async function wantBoto3(invocation: Invocation): Promise<void> {
  for (const python of ['python3', '/usr/bin/python3']) {
    const asked = await invocation.deps.processes.run(python, ['-c', 'import boto3']).catch(() => undefined);
    if (asked?.code === 0) return;
  }
  try {
    await installPackages(invocation, { what: 'boto3', packages: ['python3-boto3'] });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    invocation.steps.note(`  ${error.message}; its tests are skipped`);
  }
}

function vitestArguments(options: TestOptions, filters: readonly string[]): string[] {
  return [
    ...(options.unit === true ? ['--project', 'unit'] : []),
    '--reporter=default',
    '--reporter=./test/support/closing-line-reporter.ts',
    ...filters,
  ];
}

/** Tests start programs of the checkout's own, so those come first. */
function testEnvironment({ deps }: Invocation): Record<string, string> {
  return { PATH: `${deps.machine.rootPath}/node_modules/.bin:${deps.env['PATH'] ?? ''}` };
}

/** The numbers of the last closing line in a run's output. */
export function readCounts(
  output: string,
): { readonly passed: number; readonly failed: number; readonly skipped: number } | undefined {
  const last = [...output.matchAll(closingLine)].at(-1);
  if (last === undefined) return undefined;
  const [passed = 0, failed = 0, skipped = 0] = last.slice(1).map(Number);
  return { passed, failed, skipped };
}
