import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { quietly } from './command.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roadstead-command-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a shell's script as the program, or another one. */
function run(...program: readonly string[]): { readonly child: ChildProcess; readonly text: () => string } {
  const [command = '', ...args] = quietly(`${folder}/words`, program);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout?.on('data', (some: Buffer) => {
    text += some.toString();
  });
  return { child, text: () => text };
}

const name = 'in_0123456789abcdef';

test('what every reload says is left out; what matters, and whatever callers have written, is not', async () => {
  const kept = [
    `[2026-11-23T03:00:00.000Z] "GET \\/Proxy ${name} stopped HTTP/1.1" 200`,
    `{"path":"[NOTICE] Proxy ${name} stopped "}`,
    '[ALERT]    (8) : Cannot bind socket [0.0.0.0:80]',
    '[WARNING]  (8) : Server to_0123456789abcdef/10.0.0.5_80 is DOWN',
    '[ALERT]    (1) : Current worker (8) exited with code 139 (Segmentation fault)',
    'Proxy wars stopped them',
  ];
  const chatter = [
    `Proxy ${name} stopped (cumulated conns: FE: 1, BE: 0).`,
    `[WARNING]  (8) : Proxy ${name} stopped (cumulated conns: FE: 1, BE: 0).`,
    '[WARNING]  (1) : Former worker (8) exited with code 0 (Exit)',
    '[NOTICE]   (1) : New worker (9) forked',
    '[WARNING]  (8) : CLI : Proxy <HTTPCLIENT> stopped (cumulated conns: FE: 0, BE: 0).',
    '[WARNING]  (8) : CLI : Server to_0123456789abcdef/10.0.0.5_80 is UP/READY (leaving forced maintenance).',
    `[WARNING]  (8) : Paused frontend ${name}.`,
    `Paused frontend ${name}.`,
    '[WARNING]  (1) : Exiting Master process...',
    '[ALERT]    (1) : Current worker (8) exited with code 143 (Terminated)',
    '[WARNING]  (1) : All workers exited. Exiting... (0)',
  ];
  const say = (lines: readonly string[]): string => lines.map((line) => `echo '${line}'`).join('; ');
  const { child, text } = run('/bin/sh', '-c', `${say(chatter)}; ${say(kept)}; { ${say(chatter)}; } >&2; exit 3`);
  const [code] = await once(child, 'close');
  expect(text().trim().split('\n')).toEqual(kept);
  expect(code).toBe(3);
});

test('a signal that the program does not know yet is not its end', async () => {
  const { child, text } = run('/bin/sh', '-c', 'echo starting; sleep 0.3; echo started');
  while (!text().includes('starting')) await once(child.stdout!, 'data');
  child.kill('SIGUSR2');
  const [code] = await once(child, 'close');
  expect([code, text()]).toEqual([0, 'starting\nstarted\n']);
});

test('signals are the program’s; it ends when that does, and has said its last words', async () => {
  const script = `
    process.on('SIGUSR2', () => console.log('again'));
    process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });
    setInterval(() => {}, 1e6);
    console.log('ready');`;
  const { child, text } = run(process.execPath, '-e', script);
  const says = async (word: string): Promise<void> => {
    while (!text().includes(word)) await once(child.stdout!, 'data');
  };
  await says('ready');
  for (const count of [1, 2]) {
    child.kill('SIGUSR2');
    while (text().split('again').length <= count) await once(child.stdout!, 'data');
  }
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  expect([code, text()]).toEqual([0, 'ready\nagain\nagain\nbye\n']);
});
