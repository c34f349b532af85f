import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import { openAuditFile } from './audit-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roadstead-audit-'));
  path = join(folder, 'audit.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const clock = new ManualClock(instantFromMs(1_795_348_800_000));
const entry = (sessionId: string, event: 'SessionOpened' | 'SessionEnded') => ({
  time: '2026-11-22T12:00:00Z',
  event,
  sessionId,
  taskArn: 'arn:aws:ecs:us-east-1:000000000000:task/default/1',
  containerName: 'app',
  containerInstanceArn: 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/1',
  principalArn: 'arn:aws:iam::000000000000:root',
  ...(event === 'SessionEnded' ? { why: 'the command or its caller ended' } : {}),
});

function lines(): { sessionId: string; event: string; why?: string }[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('entries are in the file, in order, when they are said to be, for the owner alone', async () => {
  await using file = await openAuditFile(path, { clock });
  const first = file.record(entry('a', 'SessionOpened'));
  await Promise.all([first, file.record(entry('b', 'SessionOpened')), file.record(entry('a', 'SessionEnded'))]);
  expect(lines()).toEqual([entry('a', 'SessionOpened'), entry('b', 'SessionOpened'), entry('a', 'SessionEnded')]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('what an earlier control plane left open is ended, what it cut short stays by itself', async () => {
  const before = await openAuditFile(path, { clock });
  await before.record(entry('a', 'SessionOpened'));
  await before.record(entry('b', 'SessionOpened'));
  await before.record(entry('b', 'SessionEnded'));
  appendFileSync(path, '{"time":"2026-');
  await before[Symbol.asyncDispose]();
  await using _file = await openAuditFile(path, { clock });
  const all = readFileSync(path, 'utf8').trim().split('\n');
  expect(all).toHaveLength(5);
  expect(all[3]).toBe('{"time":"2026-');
  expect(JSON.parse(all[4] ?? '')).toMatchObject({
    sessionId: 'a',
    event: 'SessionEnded',
    why: 'The control plane ended.',
    principalArn: 'arn:aws:iam::000000000000:root',
  });
  await using _again = await openAuditFile(path, { clock });
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(5);
});
