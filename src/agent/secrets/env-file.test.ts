import { expect, test } from 'vitest';
import { mergeEnvFiles, parseEnvFile } from './env-file.ts';

test('a line each, everything after the first = as it stands', () => {
  const text = [
    '# a comment',
    'PLAIN=value',
    'QUOTED="with quotes"',
    "SINGLE='too'",
    'SPACES= before and after ',
    ' LEADING=name with a space',
    'URL=postgres://host?a=b&c=d',
    'HASH=value # no comment here',
    'EMPTY=',
    'no assignment',
    '=no name',
    '',
    '#COMMENTED=out',
    ' # =odd',
    'export SHELL_FORM=kept',
    'TWICE=first',
    'TWICE=second',
    'WINDOWS=line\r',
    '__proto__=no harm',
  ].join('\n');
  expect(Object.entries(parseEnvFile(text))).toEqual([
    ['PLAIN', 'value'],
    ['QUOTED', '"with quotes"'],
    ['SINGLE', "'too'"],
    ['SPACES', ' before and after '],
    [' LEADING', 'name with a space'],
    ['URL', 'postgres://host?a=b&c=d'],
    ['HASH', 'value # no comment here'],
    ['EMPTY', ''],
    [' # ', 'odd'],
    ['export SHELL_FORM', 'kept'],
    ['TWICE', 'second'],
    ['WINDOWS', 'line'],
    ['__proto__', 'no harm'],
  ]);
});

test('a file without a last line feed, and an empty one', () => {
  expect(parseEnvFile('A=1\nB=2')).toEqual({ A: '1', B: '2' });
  expect(parseEnvFile('')).toEqual({});
});

test('of several files the first counts', () => {
  expect(mergeEnvFiles([{ A: 'first', B: '' }, { A: 'second', B: 'b', C: 'c' }, { C: 'third' }])).toEqual({
    A: 'first',
    B: '',
    C: 'c',
  });
});
