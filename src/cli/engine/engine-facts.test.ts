import { assert, nat, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engineAnswers, scriptedEngine } from '../../../test/support/command-line.ts';
import { compareVersions, readEngineFacts, speaksOurApi } from './engine-facts.ts';

describe('versions', () => {
  test.each([
    ['1.9', '1.41', -1],
    ['v24.15.0', '24.15', 0],
    ['24.21.0', '24.15', 1],
    ['20.10.24+dfsg1', '20.10.24', 0],
    ['2', '1.99', 1],
  ])('%s and %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });

  test('compare as their numbers do', () => {
    const part = nat(200);
    assert(
      property(part, part, part, part, (a, b, c, d) => {
        expect(Math.sign(compareVersions(`${a}.${b}`, `${c}.${d}`))).toBe(Math.sign(a - c || b - d));
      }),
    );
  });
});

test.each([
  ['1.12', '1.41', true],
  ['1.44', '1.55', true],
  ['1.44', '1.60', true],
  ['1.12', '1.40', false],
  ['1.56', '1.60', false],
])('an engine that speaks %s to %s suits: %s', (minApiVersion, apiVersion, suits) => {
  expect(speaksOurApi({ minApiVersion, apiVersion })).toBe(suits);
});

test('facts are read from /version and /info', async () => {
  expect(await readEngineFacts(scriptedEngine(engineAnswers))).toMatchObject({
    version: '20.10.24',
    cgroupDriver: 'cgroupfs',
  });
  await expect(readEngineFacts(scriptedEngine({}))).rejects.toMatchObject({ code: 'EngineFailed' });
});
