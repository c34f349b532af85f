import { describe, expect, test } from 'vitest';
import { editDistance, nearestName } from './nearest-name.ts';

describe('nearestName', () => {
  const names = ['containerDefinitions', 'cpu', 'memory', 'volumes', 'family'];

  test.each([
    ['contianerDefinitions', 'containerDefinitions'],
    ['ContainerDefinitions', 'containerDefinitions'],
    ['memroy', 'memory'],
    ['volume', 'volumes'],
    ['entirelyDifferent', undefined],
  ])('%s is meant to be %s', (name, expected) => {
    expect(nearestName(name, names)).toBe(expected);
  });
});

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['abc', 'acb', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
])('the distance from %j to %j is %i', (one, other, distance) => {
  expect(editDistance(one, other)).toBe(distance);
});
