import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { partFlags } from './serving.ts';

const launcher = join(import.meta.dirname, '../../roadstead');
const tools = [
  'sh',
  'readlink',
  'dirname',
  'cmp',
  'cp',
  'mktemp',
  'date',
  'tail',
  'grep',
  'cut',
  'uname',
  'rm',
  'mkdir',
  'chmod',
  'cat',
];

/** A checkout with nothing installed, and a PATH of its own. */
let folder: string;
let root: string;
let bin: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roadstead-launcher-'));
  root = join(folder, 'a checkout');
  bin = join(folder, 'bin');
  mkdirSync(join(root, 'src/main'), { recursive: true });
  mkdirSync(bin);
  cpSync(launcher, join(root, 'roadstead'));
  writeFileSync(join(root, 'package-lock.json'), 'one');
  for (const tool of tools) {
    symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(bin, tool));
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

function script(path: string, lines: string): void {
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
}

/** A Node.js that says its name and what it was asked to run. */
function fakeNode(path: string, version: string): void {
  script(
    path,
    `echo "asked $*" >>"${folder}/asked"\n[ "$1" = --version ] && echo ${version} && exit\necho "$0|$*"\nexit 7`,
  );
}

/** An npm whose `ci` installs a Node.js of that version, or fails. */
function fakeNpm(version: string | undefined): void {
  const node = join(folder, 'pinned');
  if (version !== undefined) fakeNode(node, version);
  script(
    join(bin, 'npm'),
    `[ "$1" = --version ] && echo 9.2.0 && exit
echo "$(pwd): $*" >>"${folder}/npm-calls"
echo 'npm warn EBADENGINE Unsupported engine' >&2
${
  version === undefined
    ? "echo 'npm error registry is away' >&2; exit 1"
    : `rm -rf node_modules; mkdir -p node_modules/.bin; cp "${node}" node_modules/.bin/node; echo {} >node_modules/.package-lock.json`
}`,
  );
}

function npmCalls(): string[] {
  const path = join(folder, 'npm-calls');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

function launch(
  args: readonly string[] = ['status'],
  options: { cwd?: string; path?: string; env?: Record<string, string> } = {},
) {
  const { status, stdout, stderr } = spawnSync(options.path ?? join(root, 'roadstead'), args, {
    encoding: 'utf8',
    cwd: options.cwd ?? folder,
    env: { TMPDIR: folder, PATH: bin, ...options.env },
  });
  return { status, stdout, stderr };
}

const ran = (node: string, args: string): string => `${node}|${root}/src/main/cli.ts ${args}\n`;

describe('in a fresh clone', () => {
  test('installs once, without noise, then runs the pinned Node.js with the arguments and its exit code', () => {
    fakeNpm('v24.21.0');
    fakeNode(join(bin, 'node'), 'v20.20.2');
    const first = launch(['up', '--port', '4600']);
    expect(first).toMatchObject({ status: 7, stdout: ran(`${root}/node_modules/.bin/node`, 'up --port 4600') });
    expect(first.stderr).toMatch(
      /^roadstead: installing the dependencies with npm ci \(first run\) \.\.\.\nroadstead: dependencies installed in \d+ s\n$/,
    );
    expect(launch()).toMatchObject({ status: 7, stderr: '' });
    expect(npmCalls()).toEqual([`${root}: ci --include=dev --include=optional --no-audit --no-fund --loglevel=error`]);
  });

  test.each(['agent', 'server'] as const)('gives %s the flags that up gives it', (part) => {
    fakeNpm('v24.21.0');
    const { stdout } = launch([part, '--cluster', 'yard']);
    const flags = partFlags[part].join(' ');
    expect(stdout).toBe(`${root}/node_modules/.bin/node|${flags} ${root}/src/main/cli.ts ${part} --cluster yard\n`);
  });

  test('a failing npm ci: its last lines without the engine warnings, what to do, 69', () => {
    fakeNpm(undefined);
    const result = launch();
    expect(result.status).toBe(69);
    expect(result.stderr).toContain('npm error registry is away');
    expect(result.stderr).toContain('this npm is old (9.2.0)');
    expect(result.stderr).not.toContain('EBADENGINE');
  });

  test('without npm: two ways out, 69', () => {
    const result = launch();
    expect(result.status).toBe(69);
    expect(result.stderr).toContain('either  apt-get install --no-install-recommends nodejs npm');
    expect(result.stderr).toContain('or      put any Node.js with its npm on PATH');
  });

  test('ROADSTEAD_NO_INSTALL: says what is missing and installs nothing', () => {
    fakeNpm('v24.21.0');
    const result = launch(['status'], { env: { ROADSTEAD_NO_INSTALL: '1' } });
    expect(result.status).toBe(69);
    expect(result.stderr).toContain(`run    cd ${root} && npm ci`);
    expect(npmCalls()).toEqual([]);
  });
});

describe('an installed checkout', () => {
  test('installs again when package-lock.json has changed, not when it was only touched', () => {
    fakeNpm('v24.21.0');
    launch();
    writeFileSync(join(root, 'package-lock.json'), 'one');
    launch();
    expect(npmCalls()).toHaveLength(1);
    writeFileSync(join(root, 'package-lock.json'), 'two');
    expect(launch().stderr).toContain('package-lock.json has changed since the last installation');
    expect(npmCalls()).toHaveLength(2);
    expect(launch().stderr).toBe('');
  });

  test('installed by hand is installed', () => {
    fakeNpm('v24.21.0');
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
    fakeNode(join(root, 'node_modules/.bin/node'), 'v24.15.0');
    execFileSync('touch', ['-d', '2020-01-01', join(root, 'package-lock.json')]);
    writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}');
    expect(launch()).toMatchObject({ status: 7, stderr: '' });
    expect(npmCalls()).toEqual([]);
  });

  test('asks the pinned Node.js for its version once only', () => {
    fakeNpm('v24.21.0');
    launch();
    launch();
    launch();
    const asked = readFileSync(join(folder, 'asked'), 'utf8');
    expect(asked.match(/asked --version/g)).toHaveLength(1);
  });

  test('works through a link, from another directory', () => {
    fakeNpm('v24.21.0');
    mkdirSync(join(folder, 'links'));
    symlinkSync('../a checkout/roadstead', join(folder, 'links/relative'));
    symlinkSync(join(folder, 'links/relative'), join(folder, 'links/absolute'));
    const result = launch(['env'], { path: join(folder, 'links/absolute'), cwd: '/' });
    expect(result.stdout).toBe(ran(`${root}/node_modules/.bin/node`, 'env'));
  });

  test('arguments keep their spaces and quotes', () => {
    fakeNpm('v24.21.0');
    const result = launch(['register', '-f', 'a \'file\' "x".yaml']);
    expect(result.stdout).toBe(ran(`${root}/node_modules/.bin/node`, 'register -f a \'file\' "x".yaml'));
  });
});

describe('which Node.js', () => {
  test.each([
    ['v24.15.0', true],
    ['v24.14.9', false],
    ['v26.0.0', true],
    ['v22.22.0', false],
    ['v9.99.0', false],
    ['nonsense', false],
  ])('ROADSTEAD_NODE at %s is taken: %s', (version, taken) => {
    fakeNpm('v24.21.0');
    const own = join(folder, 'own-node');
    fakeNode(own, version);
    const result = launch(['status'], { env: { ROADSTEAD_NODE: own } });
    expect(result.stdout).toBe(ran(taken ? own : `${root}/node_modules/.bin/node`, 'status'));
  });

  test("PATH's, when the pinned one does not run here", () => {
    fakeNpm('broken');
    fakeNode(join(bin, 'node'), 'v26.10.0');
    expect(launch().stdout).toBe(ran(join(bin, 'node'), 'status'));
  });

  test('none: 69, naming what was found', () => {
    fakeNpm('broken');
    fakeNode(join(bin, 'node'), 'v20.20.2');
    const result = launch();
    expect(result.status).toBe(69);
    expect(result.stderr).toContain(`PATH has ${join(bin, 'node')}`);
    expect(result.stderr).toContain('ROADSTEAD_NODE=/path/to/node');
  });
});
