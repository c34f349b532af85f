import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { parseTask } from '../task/parse.ts';
import type { EngineTask } from '../task/state.ts';
import { payloadTask } from '../testing.ts';
import { StateFiles } from './files.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/roadstead-state-`);
});
afterEach(() => rmSync(directory, { recursive: true }));

const ids = new Ids(new SeededRandom(1));
const identity = { format: 1, cluster: 'default', instanceId: 'i-1', latestSequence: 4 } as const;

function task(): EngineTask {
  const parsed = parseTask(payloadTask(ids), ids);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.task;
}

test('what was saved is there for the next process, the newest of each, for the owner alone', async () => {
  const files = new StateFiles({ directory });
  expect(await files.load()).toEqual({ tasks: [] });
  const [a, b] = [task(), task()];
  await files.saveIdentity(identity);
  const saves = [
    files.saveTask(a),
    files.saveTask({ ...a, reached: 'PENDING' }),
    files.saveTask({ ...a, reached: 'RUNNING' }),
  ];
  await Promise.all([...saves, files.saveTask(b)]);
  await files.removeTask(b.taskArn);
  await files.flush();
  expect(await new StateFiles({ directory }).load()).toEqual({ identity, tasks: [{ ...a, reached: 'RUNNING' }] });
  for (const name of ['agent.json', `tasks/${readdirSync(`${directory}/tasks`)[0]}`]) {
    expect(statSync(`${directory}/${name}`).mode & 0o777).toBe(0o600);
  }
  expect(statSync(`${directory}/tasks`).mode & 0o777).toBe(0o700);
});

test('a write that was cut off leaves the old text; a newer form or a damaged file is refused', async () => {
  const files = new StateFiles({ directory });
  await files.load();
  await files.saveIdentity(identity);
  writeFileSync(`${directory}/agent.json.new`, '{"format":1,"clus');
  expect((await new StateFiles({ directory }).load()).identity).toEqual(identity);
  writeFileSync(`${directory}/agent.json`, '{"format":2}');
  await expect(new StateFiles({ directory }).load()).rejects.toThrow('newer agent');
  writeFileSync(`${directory}/agent.json`, '{"form');
  await expect(new StateFiles({ directory }).load()).rejects.toMatchObject({ code: 'StateFormat' });
});
