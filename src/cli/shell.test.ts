import { execFileSync } from 'node:child_process';
import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { exportLines, unsetLines } from './shell.ts';

test('sh takes exported values as they are, whatever they hold', () => {
  const value = string({ maxLength: 30 }).filter((text) => !text.includes('\0'));
  assert(
    property(value, (text) => {
      const script = `${exportLines('bash', { A_VALUE: text }).join('\n')}\nprintf %s "$A_VALUE"`;
      expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(text);
    }),
    { numRuns: 25 },
  );
});

test('unset takes them away in sh', () => {
  const script = `A=1 B=2; ${unsetLines('sh', ['A', 'B']).join('\n')} printf %s "\${A-gone}\${B-gone}"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('gonegone');
});

test('fish has its own words and escapes the backslash too', () => {
  expect(exportLines('fish', { A: String.raw`it's \n` })).toEqual([String.raw`set -gx A 'it\'s \\n';`]);
  expect(unsetLines('fish', ['A', 'B'])).toEqual(['set -e A;', 'set -e B;']);
});
