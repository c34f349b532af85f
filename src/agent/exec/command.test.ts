import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { posixQuoted } from '../../cli/shell.ts';
import { commandWords } from './command.ts';

test.each([
  ['/bin/sh', ['/bin/sh']],
  ['  ls   -l\t/tmp ', ['ls', '-l', '/tmp']],
  [`sh -c 'echo "a b"; exit 3'`, ['sh', '-c', 'echo "a b"; exit 3']],
  [String.raw`echo "a \"b\" \n" \$HOME c\ d`, ['echo', String.raw`a "b" \n`, '$HOME', 'c d']],
  [`echo '' ""`, ['echo', '', '']],
  [`a'b'"c"d`, ['abcd']],
  ['', ['sh']],
])('%j is %j', (text, words) => {
  expect(commandWords(text)).toEqual(words);
});

test('parts quoted words as a shell does', () => {
  const word = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', '$', '\n', ';'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      expect(commandWords(words.map(posixQuoted).join(' '))).toEqual(words);
    }),
  );
  const text = String.raw`one 'two  three' "four \"five\" \x" six\ seven`;
  const printed = execFileSync('sh', ['-c', `printf '%s\\n' ${text}`]).toString();
  expect(commandWords(text)).toEqual(printed.trimEnd().split('\n'));
});
