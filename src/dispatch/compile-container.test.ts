import { expect, test } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { compileTask } from './compile-task.ts';
import { definition, placedTask } from './test-support/records.ts';

test.each([
  ['nginx:1', 'nginx@sha256:aa'],
  ['nginx', 'nginx@sha256:aa'],
  ['localhost:5000/team/app:1.2', 'localhost:5000/team/app@sha256:aa'],
  ['localhost:5000/app', 'localhost:5000/app@sha256:aa'],
  ['nginx@sha256:bb', 'nginx@sha256:aa'],
])('a task whose image is settled runs that one: %s', (image, expected) => {
  const full = definition({ containerDefinitions: [{ name: 'app', image }] });
  const task = placedTask(full, new Ids(new SeededRandom(1)));
  const [container] = task.containers;
  const pinned = { ...task, containers: [{ ...container!, pinnedDigest: 'sha256:aa' }] };
  const payload = compileTask(pinned, full, { order: 'RUNNING', logDriverMode: 'blocking' });
  expect(payload.containers[0]!.image).toBe(expected);
  const plain = compileTask(task, full, { order: 'RUNNING', logDriverMode: 'blocking' });
  expect(plain.containers[0]!.image).toBe(image);
});
