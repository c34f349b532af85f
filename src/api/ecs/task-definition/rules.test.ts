import { describe, expect, test } from 'vitest';
import { ApiError } from '#wire/aws';
import { definition, type RuleCase } from './cases/case.ts';
import { caseTables } from './cases/index.ts';
import { parseTaskDefinition, subjectOf } from './parse.ts';
import { fargateRules } from './rules/fargate.ts';
import { generalRules } from './rules/general.ts';

const allCases = Object.values(caseTables).flat();

function refusalOf(input: RuleCase['refused']): unknown {
  try {
    parseTaskDefinition(input);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(Object.keys(caseTables))('%s', (theme) => {
  test.each(caseTables[theme]!)('$rule', ({ refused, text, accepted }) => {
    const refusal = refusalOf(refused);
    expect(refusal).toBeInstanceOf(ApiError);
    expect(refusal).toMatchObject({ code: 'ClientException', message: text, status: 400 });
    expect(refusalOf(accepted)).toBeUndefined();
  });
});

test('each case has a name of its own', () => {
  const names = allCases.map(({ rule }) => rule);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.each([...generalRules, ...fargateRules])('rule %# refuses some case of the table', (rule) => {
  const refused = allCases.filter((row) => rule(subjectOf(row.refused)) !== undefined);
  expect(refused).not.toHaveLength(0);
});

test('a placement expression outside the query language is refused', () => {
  expect(
    refusalOf(definition({ placementConstraints: [{ type: 'memberOf', expression: 'attribute:' }] })),
  ).toMatchObject({
    code: 'ClientException',
    message: expect.stringMatching(/^Invalid expression: attribute: \(.+ at offset \d+\)$/),
  });
});
