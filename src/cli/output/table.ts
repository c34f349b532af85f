import { stripVTControlCharacters } from 'node:util';

/** Columns as kubectl draws them: upper-case heads, two or more spaces between, no borders, the last one ragged. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ''))));
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - width(cell)),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** The characters a text takes on a terminal; colour codes take none. */
function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
