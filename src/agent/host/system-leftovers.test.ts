import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { hasEnded } from '#base';
import { endLeftover } from './system-leftovers.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A process that calls itself containerd's shim of a container and runs another, as those do; the other's id. */
async function shim(containerId: string): Promise<{ readonly child: ChildProcess; readonly inner: number }> {
  const script = "console.log(require('node:child_process').spawn('sleep', ['600']).pid); setInterval(() => {}, 1000)";
  const args = ['-e', script, '--', '-namespace', 'moby', '-id', containerId];
  const child = spawn(process.execPath, args, { argv0: '/usr/bin/containerd-shim-runc-v2' });
  started.push(child);
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, inner: Number(printed.toString()) };
}

function runs(pid: number): boolean {
  try {
    return !hasEnded(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('the shim of a container and what it runs are ended, those of another are not', async () => {
  const [left, other] = [await shim('left'), await shim('other')];
  const ended = once(left.child, 'exit');
  await endLeftover('left');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect([left.inner, other.inner].map(runs)).toEqual([false, true]);
  expect(other.child.exitCode).toBeNull();
  process.kill(other.inner, 'SIGKILL');
});

test('a container of which nothing is left is no error', async () => {
  await endLeftover('nothing');
});
