import { describe, expect, test } from 'vitest';
import { ApiError } from '#wire/aws';
import { definition, type RuleCase } from './cases/case.ts';
import { containerCases } from './cases/containers.cases.ts';
import { fargateCases } from './cases/fargate.cases.ts';
import { launchTypeCases } from './cases/launch-types.cases.ts';
import { lifecycleCases } from './cases/lifecycle.cases.ts';
import { loggingCases } from './cases/logging.cases.ts';
import { networkCases } from './cases/network.cases.ts';
import { platformCases } from './cases/platform.cases.ts';
import { volumeCases } from './cases/volumes.cases.ts';
import { parseTaskDefinition, subjectOf } from './parse.ts';
import { fargateRules } from './rules/fargate.ts';
import { generalRules } from './rules/general.ts';

const themes: Readonly<Record<string, readonly RuleCase[]>> = {
  containers: containerCases,
  network: networkCases,
  lifecycle: lifecycleCases,
  logging: loggingCases,
  volumes: volumeCases,
  platform: platformCases,
  fargate: fargateCases,
  'other launch types': launchTypeCases,
};
const allCases = Object.values(themes).flat();

function refusalOf(input: RuleCase['refused']): unknown {
  try {
    parseTaskDefinition(input);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(Object.keys(themes))('%s', (theme) => {
  test.each(themes[theme]!)('$rule', ({ refused, text, accepted }) => {
    const refusal = refusalOf(refused);
    expect(refusal).toBeInstanceOf(ApiError);
    expect(refusal).toMatchObject({ code: 'ClientException', message: text, status: 400 });
    expect(refusalOf(accepted)).toBeUndefined();
  });
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
