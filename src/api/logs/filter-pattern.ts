import { invalidParameter } from './errors.ts';

type Test = (message: string) => boolean;

interface Term {
  readonly kind: 'all' | 'any' | 'none';
  readonly test: Test;
}

/**
 * The filter patterns for plain text: `a "b c"` all of them, `?a ?b` any of them, `-a` without it, case by case. A term
 * or phrase matches where whole words stand: `ERROR` is in `[ERROR]` and not in `ERRORS`. `undefined` when everything
 * matches. Source: "Filter pattern syntax" in the CloudWatch Logs guide, which leaves `?` out when there are other terms.
 * Regular expressions and patterns for JSON or columns are refused.
 */
export function parseFilterPattern(pattern: string): Test | undefined {
  const text = pattern.trim();
  if (text.startsWith('{')) throw unsupported('JSON patterns { … }', text);
  if (text.startsWith('[')) throw unsupported('space-delimited patterns [ … ]', text);
  const terms = termsOf(text);
  const all = terms.filter(({ kind }) => kind === 'all');
  const none = terms.filter(({ kind }) => kind === 'none');
  const any = all.length + none.length === 0 ? terms : [];
  if (terms.length === 0) return undefined;
  return (message) =>
    all.every(({ test }) => test(message)) &&
    !none.some(({ test }) => test(message)) &&
    (any.length === 0 || any.some(({ test }) => test(message)));
}

function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    const mark = text[at];
    const kind = mark === '?' ? 'any' : mark === '-' ? 'none' : 'all';
    if (kind !== 'all') at++;
    const { words, end } = text[at] === '"' ? phraseAt(text, at) : wordAt(text, at);
    at = end;
    terms.push({ kind, test: contains(words) });
  }
  return terms;
}

interface Words {
  readonly words: string;
  readonly end: number;
}

function phraseAt(text: string, start: number): Words {
  let words = '';
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return { words, end: at + 1 };
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at++;
    words += text[at];
  }
  throw invalidParameter(`Invalid filter pattern: the quotation mark at character ${start + 1} is not closed.`);
}

/** What is not a letter, a digit or an underscore needs quotation marks. */
function wordAt(text: string, start: number): Words {
  if (text[start] === '%') throw unsupported('regular expressions %…%', text);
  const words = /^[^\s"]*/.exec(text.slice(start))?.[0] ?? '';
  if (words === '' || !/^[\p{L}\p{N}_]+$/u.test(words)) {
    const shown = words === '' ? 'a term is missing' : `put "${words}" in quotation marks`;
    throw invalidParameter(`Invalid filter pattern: ${shown} at character ${start + 1}.`);
  }
  return { words, end: start + words.length };
}

function contains(words: string): Test {
  const startsInWord = isWordCharacter(words.at(0));
  const endsInWord = isWordCharacter(words.at(-1));
  return (message) => {
    for (let at = message.indexOf(words); at >= 0; at = message.indexOf(words, at + 1)) {
      const cutBefore = startsInWord && isWordCharacter(message[at - 1]);
      const cutAfter = endsInWord && isWordCharacter(message[at + words.length]);
      if (!cutBefore && !cutAfter) return true;
    }
    return false;
  };
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

function unsupported(what: string, pattern: string) {
  return invalidParameter(
    `The filter pattern ${pattern.slice(0, 64)} cannot be used: this version of Roadstead has no ${what}, only terms and "phrases".`,
  );
}
