import { unreachable } from '#base';
import type { Style } from './style.ts';

export const outputFormats = ['table', 'wide', 'json', 'jsonl', 'yaml', 'name'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** A command's result, ready for every output format. */
export interface Report {
  /** JSON; where an AWS operation answered, in that operation's own shape. */
  readonly data: unknown;
  /** The items of `data`, one line each in `jsonl`; the whole of it on one line when absent. */
  readonly items?: readonly unknown[];
  /** For people. */
  readonly lines: (style: Style, options: { readonly wide: boolean }) => readonly string[];
  /** What `-o name` and `-q` print. */
  readonly names: readonly string[];
}

/** The text of a report in one format, newline at its end; empty when there is nothing to say. */
export async function formatReport(report: Report, format: OutputFormat, style: Style): Promise<string> {
  switch (format) {
    case 'table':
    case 'wide':
      return joined(report.lines(style, { wide: format === 'wide' }));
    case 'json':
      return `${JSON.stringify(report.data, null, 2)}\n`;
    case 'jsonl':
      return joined((report.items ?? [report.data]).map((item) => JSON.stringify(item)));
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(report.data);
    }
    case 'name':
      return joined(report.names);
    default:
      return unreachable(format);
  }
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
