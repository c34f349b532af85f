import { expect, test } from 'vitest';
import { jsonMember } from './json-member.ts';

// As Go 1.25 prints them with fmt.Sprintf("%v", …) after json.Unmarshal.
test.each([
  ['"a text"', 'a text'],
  ['""', ''],
  ['true', 'true'],
  ['null', '<nil>'],
  ['5432', '5432'],
  ['0', '0'],
  ['-0', '-0'],
  ['1.5', '1.5'],
  ['999999', '999999'],
  ['1000000', '1e+06'],
  ['12345678', '1.2345678e+07'],
  ['123456789012', '1.23456789012e+11'],
  ['-12345678.25', '-1.234567825e+07'],
  ['1e100', '1e+100'],
  ['0.0001', '0.0001'],
  ['0.000012345', '1.2345e-05'],
  ['[1,"a",null]', '[1 a <nil>]'],
  ['{"b":1,"a":{"x":true}}', 'map[a:map[x:true] b:1]'],
])('a member %s is given as %s', (json, expected) => {
  expect(jsonMember(`{"other":1,"key":${json}}`, 'key')).toEqual({ is: 'value', value: expected });
});

test.each([['hunter2'], ['"hunter2"'], ['["hunter2"]'], ['null'], ['']])('%s is no object', (secret) => {
  expect(jsonMember(secret, 'key')).toEqual({ is: 'not an object' });
});

test('a key that is not there, even if every object has one', () => {
  expect(jsonMember('{"KEY":1}', 'key')).toEqual({ is: 'absent' });
  expect(jsonMember('{}', 'toString')).toEqual({ is: 'absent' });
});
