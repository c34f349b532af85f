import { expect, test } from 'vitest';
import type { EngineContainer, EngineTask } from '../task/state.ts';
import { answerAssociations } from './associations.ts';

const content = { encoding: 'base64', value: 'eyJhIjoxfQ==' };
const task = {
  payload: {
    associations: [
      { name: 'card', type: 'elastic-inference', content, containers: ['app'] },
      { name: 'other', type: 'elastic-inference', content, containers: ['job'] },
      { name: 'GPU-1', type: 'gpu', content: { encoding: 'identity', value: '' }, containers: ['app'] },
    ],
  },
} as unknown as EngineTask;
const app = { name: 'app' } as EngineContainer;

test('a container sees its own, by type, and the content of each', () => {
  const bodyOf = (...path: string[]): string | undefined => answerAssociations(task, app, path)?.body;
  expect(bodyOf('elastic-inference')).toBe('{"Associations":["card"]}');
  expect(bodyOf('gpu')).toBe('{"Associations":["GPU-1"]}');
  expect(bodyOf('none')).toBe('{"Associations":[]}');
  expect(bodyOf('elastic-inference', 'card')).toBe('{"a":1}');
  expect(bodyOf('gpu', 'GPU-1')).toBe('');
  expect(bodyOf('elastic-inference', 'other')).toBeUndefined();
  expect(bodyOf()).toBeUndefined();
});
