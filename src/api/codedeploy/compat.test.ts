import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { operations } from '../operations.ts';

it('docs/compat/codedeploy.md names every operation that is served, and counts them', () => {
  const text = readFileSync(new URL('../../../docs/compat/codedeploy.md', import.meta.url), 'utf8');
  const served = operations.filter(({ service }) => service === 'codedeploy').map(({ name }) => name);
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  expect(served.filter((name) => !rows.some((row) => row.split('|')[1]?.split(/[ ,]+/).includes(name)))).toEqual([]);
  expect(text).toContain(`${served.length} of the API's operations`);
});
