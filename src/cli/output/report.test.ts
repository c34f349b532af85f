import { expect, test } from 'vitest';
import { formatReport, outputFormats, type Report } from './report.ts';
import { createStyle } from './style.ts';

const report: Report = {
  data: { items: [{ id: 'a' }, { id: 'b' }] },
  items: [{ id: 'a' }, { id: 'b' }],
  lines: (_style, { wide }) => (wide ? ['ID  MORE', 'a   1'] : ['ID', 'a']),
  names: ['a', 'b'],
};

test('every format ends with a newline and parses as what it says', async () => {
  const style = createStyle({ colour: false, utf8: true });
  const texts = Object.fromEntries(
    await Promise.all(outputFormats.map(async (format) => [format, await formatReport(report, format, style)])),
  ) as Record<string, string>;
  expect(texts).toEqual({
    table: 'ID\na\n',
    wide: 'ID  MORE\na   1\n',
    json: `${JSON.stringify(report.data, null, 2)}\n`,
    jsonl: '{"id":"a"}\n{"id":"b"}\n',
    yaml: 'items:\n  - id: a\n  - id: b\n',
    name: 'a\nb\n',
  });
});

test('nothing to say is no line at all', async () => {
  const style = createStyle({ colour: false, utf8: true });
  expect(await formatReport({ ...report, lines: () => [], names: [] }, 'table', style)).toBe('');
});
