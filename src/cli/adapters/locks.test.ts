import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { socketLocks } from './locks.ts';

test('one holder at a time; free again when it lets go', async () => {
  const name = `locks.test ${process.pid}`;
  const first = await socketLocks().acquire(name);
  expect(first).toBeDefined();
  expect(await socketLocks().acquire(name)).toBeUndefined();
  await using other = await socketLocks().acquire(`${name} other`);
  expect(other).toBeDefined();
  await first?.[Symbol.asyncDispose]();
  await using second = await socketLocks().acquire(name);
  expect(second).toBeDefined();
});

test('a killed holder holds no longer', async () => {
  const name = `locks.test killed ${process.pid}`;
  const source = `
    const { socketLocks } = await import(${JSON.stringify(new URL('locks.ts', import.meta.url).href)});
    await socketLocks().acquire(${JSON.stringify(name)});
    console.log('held');
    setInterval(() => {}, 1000);
  `;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', source]);
  await once(holder.stdout, 'data');
  expect(await socketLocks().acquire(name)).toBeUndefined();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await using lock = await socketLocks().acquire(name);
  expect(lock).toBeDefined();
});
