import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePattern } from './pattern.ts';

const atom = fc.constantFrom('a', 'b', '-', '.', '[ab]', '[^a]', '\\w', '\\W', '\\d', 'ab', '\\b', '\\B', '^', '$', '');
const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    atom,
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => left + right),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(${left}|${right})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,1}', '{1,}', '*?', '+?', '??'))
      .map(([node, quantifier]) => `(?:${node})${quantifier}`),
  ),
})).node;

test('agrees with a backtracking matcher on what both know', () => {
  fc.assert(
    fc.property(pattern, fc.stringMatching(/^[ab1-]{0,6}$/), (text, value) => {
      const oracle = new RegExp(`^(?:${text})$`);
      expect(compilePattern(text, { steps: 100_000 }).matches(value)).toBe(oracle.test(value));
    }),
    { numRuns: 20_000 },
  );
});
