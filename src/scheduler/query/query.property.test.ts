import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { host } from '../test-support/hosts.ts';
import { type Condition, type Expression, printExpression } from './expression.ts';
import { parseExpression } from './parser.ts';
import { parseQuery } from './query.ts';
import { QuerySyntaxError } from './syntax-error.ts';

const attribute = fc
  .stringMatching(/^[A-Za-z0-9._/\\:-]{1,10}$/)
  .map((name): Condition['subject'] => `attribute:${name}`);
/** At most one kind of quotation mark, as every literal that was parsed has. */
const literal = fc.oneof(
  fc.stringMatching(/^[a-z0-9 "()[\],=!<>&|~é😀-]{0,8}$/u),
  fc.stringMatching(/^[a-z0-9 '()[\],=!<>&|~-]{0,8}$/),
);
const pattern = fc.stringMatching(/^[a-c]{1,3}(\.\*|\[a-z\]\+|\(b\|c\)\?|\\d\{2,3\}|'| ){0,2}$/);

const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.tuple(attribute, fc.constantFrom('exists' as const, '!exists' as const)).map(([subject, operator]) => ({
    type: 'condition' as const,
    subject,
    operator,
    values: [],
  })),
  fc.record({
    type: fc.constant('condition' as const),
    subject: fc.oneof(attribute, fc.constantFrom('task:group' as const, 'ec2InstanceId' as const)),
    operator: fc.constantFrom('in' as const, '!in' as const),
    values: fc.array(literal, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('condition' as const),
    subject: fc.oneof(attribute, fc.constant('agentConnected' as const)),
    operator: fc.constantFrom('==' as const, '!=' as const),
    values: literal.map((value) => [value]),
  }),
  fc.record({
    type: fc.constant('condition' as const),
    subject: attribute,
    operator: fc.constantFrom('=~' as const, '!~' as const),
    values: pattern.map((value) => [value]),
  }),
  fc.record({
    type: fc.constant('condition' as const),
    subject: fc.constant('runningTasksCount' as const),
    operator: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const),
    values: fc.nat(99).map((value) => [String(value)]),
  }),
);

const expressions = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    conditions,
    tie('expression').map((term): Expression => ({ type: 'not', term })),
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('expression'), { minLength: 2, maxLength: 3 }),
      )
      .map(([type, terms]): Expression => ({ type, terms })),
  ),
})).expression;

const view = host('a', { attributes: { a: 'b' }, tasksByGroup: { g: 1 } });

test('what is printed parses to the same expression', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      expect(parseExpression(printExpression(expression))).toEqual(expression);
    }),
    { numRuns: 2000 },
  );
});

const words =
  'attribute:a task:group agentVersion registeredAt runningTasksCount ec2InstanceId not and or in exists == =~ !~ ! ( ) ' +
  '[ ] , \' " && || <= 1.2 2018-01-01 a* (a+)+ \\ \\Q {2,3} (? [^ \\p{ é \u{1F600} \uD800';
const pieces = fc.constantFrom(' ', ...words.split(' '));

test.each([
  ['any text', fc.string({ unit: 'binary', maxLength: 60 })],
  ['pieces of the language', fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join(''))],
  ['pieces of the language, apart', fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join(' '))],
  ['a pattern', fc.array(pieces, { maxLength: 12 }).map((parts) => `attribute:a =~ ${parts.join('')}`)],
])('parsing throws nothing but QuerySyntaxError, with an offset inside the text: %s', (_, texts) => {
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(typeof parseQuery(text).accepts(view)).toBe('boolean');
      } catch (error) {
        if (!(error instanceof QuerySyntaxError)) throw error;
        expect(error.offset).toBeGreaterThanOrEqual(0);
        expect(error.offset).toBeLessThanOrEqual(Buffer.byteLength(text));
      }
    }),
    { numRuns: 5000 },
  );
});

test('an expression and its negation never agree', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const yes = parseQuery(printExpression(expression)).accepts(view);
      const no = parseQuery(printExpression({ type: 'not', term: expression })).accepts(view);
      expect(no).toBe(!yes);
    }),
  );
});
