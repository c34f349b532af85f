import { styleText } from 'node:util';

export type ColourChoice = 'auto' | 'always' | 'never';

type Format = Parameters<typeof styleText>[0];

/** How text looks on one stream: colour or none, drawn marks or ASCII. Colour never carries a meaning alone. */
export interface Style {
  readonly colour: boolean;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  /** The same colour for the same number, to tell sources apart. */
  readonly tint: (number: number, text: string) => string;
  readonly mark: { readonly done: string; readonly failed: string; readonly warning: string; readonly running: string };
}

/**
 * Whether a stream gets colour. `--color` wins; then NO_COLOR (any non-empty value), then FORCE_COLOR (`0` is no), then
 * TERM=dumb; then terminals do and pipes do not. Sources: no-color.org, force-color.org.
 */
export function wantsColour(
  choice: ColourChoice,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (isSet(env['NO_COLOR'])) return false;
  if (isSet(env['FORCE_COLOR'])) return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** Neither red, which is for what is wrong, nor what cannot be read on a dark or a light ground. */
const tints: readonly Format[] = [
  'cyan',
  'magenta',
  'green',
  'blue',
  'yellow',
  'cyanBright',
  'magentaBright',
  'greenBright',
];

export function createStyle(options: { readonly colour: boolean; readonly utf8: boolean }): Style {
  const paint = (format: Format) => (text: string) =>
    options.colour ? styleText(format, text, { validateStream: false }) : text;
  const [good, bad, warning] = [paint('green'), paint('red'), paint('yellow')];
  const signs = options.utf8
    ? { done: '✓', failed: '✗', running: '◐' }
    : { done: 'ok', failed: 'FAILED', running: '..' };
  return {
    colour: options.colour,
    good,
    bad,
    warning,
    strong: paint('bold'),
    faint: paint('dim'),
    tint: (number, text) => paint(tints[number % tints.length] ?? 'cyan')(text),
    mark: {
      done: good(signs.done),
      failed: bad(signs.failed),
      warning: warning('!'),
      running: signs.running,
    },
  };
}
