import { expect, test } from 'vitest';
import { createStyle } from './style.ts';
import { table } from './table.ts';

test('columns line up, colour and signs taken into account, no trailing spaces', () => {
  const style = createStyle({ colour: true, utf8: true });
  expect(
    table(
      ['NAME', 'N', 'STATE'],
      [
        ['a', '10', style.good('ok')],
        [style.bad('é-long'), '2', ''],
      ],
    ),
  ).toEqual(['NAME    N   STATE', `a       10  ${style.good('ok')}`, `${style.bad('é-long')}  2`]);
});
