import { expect, it } from 'vitest';
import { quotasFrom } from './quotas.ts';

it('takes the quotas there are', () => {
  expect(quotasFrom({ tagsPerResource: 60 })).toEqual({ tagsPerResource: 60 });
  expect(quotasFrom({})).toEqual({});
});

it('names them to who asks for another', () => {
  expect(() => quotasFrom({ tags: 60 })).toThrow(/There is no quota tags\. There are: clustersPerAccount, .*tagsPer/);
  expect(() => quotasFrom({ toString: 1 })).toThrow('There is no quota toString.');
});
