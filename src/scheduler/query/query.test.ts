import { describe, expect, test } from 'vitest';
import { host } from '../test-support/hosts.ts';
import { matches, parseQuery, QueryCache } from './query.ts';
import { QuerySyntaxError } from './syntax-error.ts';

const view = host('abcd1234', {
  availabilityZone: 'us-east-1a',
  runningTasksCount: 2,
  agentVersion: '1.14.5',
  attributes: {
    'ecs.instance-type': 't2.small',
    stack: 'prod',
    'a/b\\c_d-e.f': 'x',
    size: '10',
    built: '2018-06-18',
    release: '1.9.0',
    quoted: "it's",
    empty: '',
  },
  tasksByGroup: { 'service:production': 1, 'family:job': 1, 'service:left': 0 },
});

/** The host above was registered at 2018-06-18T22:28:28.500Z. */
const answers: readonly [string, boolean][] = [
  // Every spelling of every operator.
  ['attribute:stack == prod', true],
  ['attribute:stack equals prod', true],
  ['attribute:stack == Prod', false],
  ['attribute:stack != prod', false],
  ['attribute:stack not_equals prod', false],
  ['attribute:stack not_equals test', true],
  ['runningTasksCount > 1', true],
  ['runningTasksCount > 2', false],
  ['runningTasksCount greater_than 2', false],
  ['runningTasksCount >= 2', true],
  ['runningTasksCount >= 3', false],
  ['runningTasksCount greater_than_equal 3', false],
  ['runningTasksCount < 3', true],
  ['runningTasksCount < 2', false],
  ['runningTasksCount less_than 2', false],
  ['runningTasksCount <= 2', true],
  ['runningTasksCount <= 1', false],
  ['runningTasksCount less_than_equal 1', false],
  ['runningTasksCount == 2', true],
  ['runningTasksCount != 2', false],
  ['attribute:stack exists', true],
  ['attribute:nothing exists', false],
  ['attribute:nothing !exists', true],
  ['attribute:nothing not_exists', true],
  ['attribute:stack ! exists', false],
  ['attribute:stack in [test, prod]', true],
  ['attribute:stack in [test]', false],
  ['attribute:stack !in [test, prod]', false],
  ['attribute:stack not_in [test]', true],
  ['attribute:ecs.instance-type =~ t2.*', true],
  ['attribute:ecs.instance-type matches t2', false],
  ['attribute:ecs.instance-type !~ t2.*', false],
  ['attribute:ecs.instance-type not_matches g2.*', true],
  // Every subject.
  ['agentConnected == true', true],
  ['agentConnected != true', false],
  ['agentConnected in [true, false]', true],
  ['agentConnected !in [false]', true],
  ['agentConnected =~ t.*', true],
  ['agentConnected !~ t.*', false],
  ['agentVersion == 1.14.5', true],
  ['agentVersion == 1.14.5.0', true],
  ['agentVersion < 1.14.6', true],
  ['agentVersion < 1.9.0', false],
  ['agentVersion > 1.9', true],
  ['agentVersion >= 1.14.5', true],
  ['agentVersion <= v1.14.4', false],
  ['agentVersion != 1.14.5', false],
  ["ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", true],
  ['ec2InstanceId == i-abcd1234', true],
  ['ec2InstanceId =~ "i-[a-d]+\\d+"', true],
  ['registeredAt < 2018-06-19', true],
  ['registeredAt < 2018-06-18', false],
  ['registeredAt == 2018-06-18T22:28:28+00:00', true],
  ['registeredAt == 2018-06-18T22:28:28Z', true],
  ['registeredAt == 2018-06-18T22:28:28', true],
  ['registeredAt == 2018-06-19T00:28:28+02:00', true],
  ['registeredAt == 2018-06-18T17:58:28-04:30', true],
  ['registeredAt > 2018-06-18T22:28:28Z', false],
  ['registeredAt >= 2018-06-18T22:28:28Z', true],
  ['registeredAt != 2018-06-18T22:28:28Z', false],
  ['registeredAt <= 2018-06-18T22:28:27Z', false],
  ['task:group == service:production', true],
  ['task:group != service:production', false],
  ['task:group == database', false],
  ['task:group != database', true],
  ['task:group == service:left', false],
  ['task:group in [database, family:job]', true],
  ['task:group not_in [database]', true],
  ['task:group =~ family:.*', true],
  ['task:group !~ family:.*', false],
  // Order among attributes: numbers, dates, versions, and nothing else.
  ['attribute:size > 9', true],
  ['attribute:size < 9.5', false],
  ['attribute:size > -1', true],
  ['attribute:size == 10.0', false],
  ['attribute:built < 2018-07-01', true],
  ['attribute:built > 2018', false],
  ['attribute:size > 2018-01-01', false],
  ['attribute:release < 1.10.0', true],
  ['attribute:stack > aaa', false],
  ['attribute:stack <= zzz', false],
  // Missing attributes, and attributes without a value.
  ['attribute:nothing == prod', false],
  ['attribute:nothing != prod', true],
  ['attribute:nothing in [prod]', false],
  ['attribute:nothing !in [prod]', true],
  ['attribute:nothing =~ .*', false],
  ['attribute:nothing !~ .*', true],
  ['attribute:nothing > 1', false],
  ['attribute:nothing <= 1', false],
  ["attribute:empty == ''", true],
  ['attribute:empty exists', true],
  ['attribute:empty =~ ""', true],
  // Literals.
  ["attribute:stack == 'prod'", true],
  ['attribute:stack == "prod"', true],
  ['attribute:quoted == "it\'s"', true],
  ['attribute:a/b\\c_d-e.f == x', true],
  ['attribute:stack==prod', true],
  ['attribute:stack!=prod', false],
  ['attribute:stack =~prod&&runningTasksCount==2', true],
  ['attribute:stack in[prod]', true],
  ['  attribute:stack\n==\tprod  ', true],
  ['attribute:stack == and', false],
  // Logic.
  ['not attribute:stack == test', true],
  ['!attribute:stack == prod', false],
  ['!(attribute:stack == test)', true],
  ['not(task:group == database)', true],
  ['not not attribute:stack == prod', true],
  ['attribute:stack == prod and runningTasksCount == 2', true],
  ['attribute:stack == prod && runningTasksCount == 1', false],
  ['attribute:stack == test or runningTasksCount == 2', true],
  ['attribute:stack == test || runningTasksCount == 1', false],
  ['attribute:stack == prod or attribute:stack == x and attribute:stack == y', true],
  ['(attribute:stack == prod or attribute:stack == x) and attribute:stack == y', false],
  ['not attribute:stack == test and runningTasksCount == 1', false],
  ['((attribute:stack == prod))', true],
  ['(attribute:size == 1 or attribute:size == 10) and attribute:stack exists', true],
  ['attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d', false],
  ['attribute:ecs.availability-zone in [us-east-1a, us-east-1b]', true],
  ['(attribute:stack =~ (prod|test))', true],
  ['(attribute:stack =~ [p)]r\\w+) and runningTasksCount == 2', true],
  ['attribute:stack =~ (a||prod)||runningTasksCount == 9', true],
  ['attribute:stack =~ a||runningTasksCount == 2', true],
];

test.each(answers)('%s', (text, expected) => {
  expect(matches(parseQuery(text), view)).toBe(expected);
});

test('an agent whose version is unknown is neither older nor newer', () => {
  const unknown = host('a', { agentVersion: '' });
  for (const operator of ['==', '>', '>=', '<', '<=']) {
    expect(matches(parseQuery(`agentVersion ${operator} 1.0`), unknown)).toBe(false);
  }
  expect(matches(parseQuery('agentVersion != 1.0'), unknown)).toBe(true);
});

const wrong: readonly [string, number, string][] = [
  ['', 0, 'a subject is expected'],
  ['   ', 3, 'a subject is expected'],
  ['nonsense', 0, '"nonsense" is no subject'],
  ['toString == 1', 0, '"toString" is no subject'],
  ['attribute: == 1', 0, '"attribute:" is no subject'],
  ["'agentConnected' == true", 0, '"agentConnected" is no subject'],
  ['AgentConnected == true', 0, '"AgentConnected" is no subject'],
  ['attribute:a', 11, 'an operator is expected'],
  ['attribute:a is b', 12, '"is" is no operator'],
  ['attribute:a constructor b', 12, '"constructor" is no operator'],
  ["attribute:a '==' b", 12, '"==" is no operator'],
  ['attribute:a ! b', 12, '"!" is no operator'],
  ['attribute:a = b', 12, '"=" is no operator'],
  ['attribute:a & b', 12, '"&" is no operator'],
  ['attribute:a ~ b', 12, '"~" is no operator'],
  ['attribute:a ==', 14, 'a value is expected'],
  ['attribute:a == )', 15, 'a value is expected'],
  ['attribute:a == b c', 17, '"and" or "or" is expected before "c"'],
  ['attribute:a == b AND attribute:a == b', 17, '"and" or "or" is expected before "AND"'],
  ["attribute:a == b 'and' attribute:a == b", 17, '"and" or "or" is expected before "and"'],
  ['attribute:a == b and', 20, 'a subject is expected'],
  ['attribute:a == b)', 16, '"and" or "or" is expected before ")"'],
  ['(attribute:a == b', 17, '")" is expected'],
  ["attribute:a == 'b", 15, 'the quotation mark is never closed'],
  ['attribute:a in b', 15, '"[" is expected'],
  ['attribute:a in []', 16, 'a value is expected'],
  ['attribute:a in [b', 17, '"]" is expected'],
  ['attribute:a in [b c]', 18, '"]" is expected'],
  ['attribute:a == [b]', 15, 'a value is expected'],
  ['attribute:a exists b', 19, '"and" or "or" is expected before "b"'],
  ['agentConnected > true', 15, 'agentConnected does not know the operator ">"'],
  ['agentVersion in [1]', 13, 'agentVersion does not know the operator "in"'],
  ['task:group exists', 11, 'task:group does not know the operator "exists"'],
  ['ec2InstanceId < i', 14, 'ec2InstanceId does not know the operator "<"'],
  ['runningTasksCount =~ 1', 18, 'runningTasksCount does not know the operator "=~"'],
  ['agentVersion > new', 15, '"new" is no version, such as 1.14.5'],
  ['runningTasksCount > -1', 20, '"-1" is no number'],
  ['runningTasksCount > 1.5', 20, '"1.5" is no number'],
  ['registeredAt > yesterday', 15, '"yesterday" is no date, such as 2018-06-18 or 2018-06-18T22:28:28+00:00'],
  ['registeredAt > 2018-02-29', 15, '"2018-02-29" is no date, such as 2018-06-18 or 2018-06-18T22:28:28+00:00'],
  ['attribute:a =~', 14, 'a pattern is expected'],
  ['attribute:a =~ )', 15, 'a pattern is expected'],
  ['attribute:a =~ ab*+', 18, 'possessive quantifiers are not supported'],
  ["attribute:a =~ 'b[c'", 17, 'the bracket is never closed'],
  ['attribute:a =~ \\ b', 16, 'a backslash ends the pattern'],
  ["attribute:é == 'ü' and x", 25, '"x" is no subject'],
];

test.each(wrong)('refuses %s', (text, offset, message) => {
  let thrown: unknown;
  try {
    parseQuery(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(QuerySyntaxError);
  expect(thrown).toMatchObject({ offset, message });
});

describe('limits', () => {
  test('2000 characters', () => {
    const longest = 'attribute:a exists'.padEnd(2000);
    expect(matches(parseQuery(longest), view)).toBe(false);
    expect(() => parseQuery(`${longest} `)).toThrow('an expression has at most 2000 characters');
  });

  test('nesting', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}attribute:a exists${')'.repeat(depth)}`;
    expect(matches(parseQuery(nested(64)), view)).toBe(false);
    expect(() => parseQuery(nested(65))).toThrow('nesting is deeper than 64');
    expect(() => parseQuery('!'.repeat(1500))).toThrow('nesting is deeper than 64');
  });

  test('the patterns of one expression together', () => {
    const one = 'attribute:a =~ a{300}';
    expect(() => parseQuery([one, one, one].join(' or '))).not.toThrow();
    expect(() => parseQuery([one, one, one, one].join(' or '))).toThrow('the patterns are too large');
  });
});

describe('QueryCache', () => {
  test('parses once and forgets the oldest beyond its capacity', () => {
    const cache = new QueryCache({ capacity: 2 });
    const first = cache.parse('runningTasksCount == 1');
    expect(cache.parse('runningTasksCount == 1')).toBe(first);
    cache.parse('runningTasksCount == 2');
    cache.parse('runningTasksCount == 3');
    expect(cache.size).toBe(2);
    expect(cache.parse('runningTasksCount == 1')).not.toBe(first);
  });

  test('keeps nothing that does not parse', () => {
    const cache = new QueryCache({ capacity: 2 });
    expect(() => cache.parse('nonsense')).toThrow(QuerySyntaxError);
    expect(cache.size).toBe(0);
  });
});

test.each([
  ['attribute:a == 1', false],
  ['attribute:a == 1 and not (runningTasksCount < 4 or attribute:b exists)', true],
  ['not task:group == x', true],
])('%s depends on tasks: %s', (text, expected) => {
  expect(parseQuery(text).dependsOnTasks).toBe(expected);
});
