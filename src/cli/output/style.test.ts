import { expect, test } from 'vitest';
import { createStyle, wantsColour } from './style.ts';

test.each([
  ['auto', {}, true, true],
  ['auto', {}, false, false],
  ['auto', { TERM: 'dumb' }, true, false],
  ['auto', { NO_COLOR: '1' }, true, false],
  ['auto', { NO_COLOR: '' }, true, true],
  ['auto', { FORCE_COLOR: '1' }, false, true],
  ['auto', { FORCE_COLOR: '0' }, true, false],
  ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ['always', { NO_COLOR: '1' }, false, true],
  ['never', { FORCE_COLOR: '1' }, true, false],
] as const)('--color %s with %j on a terminal %s: %s', (choice, env, isTerminal, expected) => {
  expect(wantsColour(choice, env, isTerminal)).toBe(expected);
});

test('marks are words where the locale has no signs', () => {
  expect(createStyle({ colour: false, utf8: false }).mark).toEqual({
    done: 'ok',
    failed: 'FAILED',
    warning: '!',
    running: '..',
  });
  expect(createStyle({ colour: true, utf8: true }).mark.done).toBe('\u001b[32m✓\u001b[39m');
});
