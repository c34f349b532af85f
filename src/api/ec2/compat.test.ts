import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ec2Operations } from './operations.ts';

it('docs/compat/ec2.md names every operation that is served, and counts them', () => {
  const text = readFileSync(new URL('../../../docs/compat/ec2.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  const served = ec2Operations.map(({ name }) => name);
  expect(served.filter((name) => !rows.some((row) => row.split('|')[1]?.split(/[ ,]+/).includes(name)))).toEqual([]);
  expect(text).toContain(`${served.length} of the API's operations are`);
});
