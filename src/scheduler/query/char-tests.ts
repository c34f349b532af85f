/** Whether a code point is accepted. */
export type CharTest = (code: number) => boolean;

/** The first code point of a text. */
export function codeOf(text: string): number {
  return text.codePointAt(0) ?? 0;
}

const between =
  (first: string, last: string): CharTest =>
  (code) =>
    code >= codeOf(first) && code <= codeOf(last);
export const anyOf =
  (...tests: readonly CharTest[]): CharTest =>
  (code) =>
    tests.some((test) => test(code));
export const not =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code);

const digit = between('0', '9');
const lower = between('a', 'z');
const upper = between('A', 'Z');
/** An ASCII letter: the only ones that have two cases here. */
export const alpha = anyOf(lower, upper);
const alnum = anyOf(alpha, digit);
const graph = between('!', '~');
const whitespace: CharTest = (code) => code === 32 || (code >= 9 && code <= 13);
/** What `.` leaves out. */
export const lineEnd: CharTest = (code) => [0x0a, 0x0d, 0x85, 0x2028, 0x2029].includes(code);
/** What `\w` is, and what a word boundary is the edge of. */
export const wordChar: CharTest = anyOf(alnum, (code) => code === 95);

/** The classes that a backslash and one letter stand for. */
export const shorthands: ReadonlyMap<string, CharTest> = new Map([
  ['d', digit],
  ['D', not(digit)],
  ['w', wordChar],
  ['W', not(wordChar)],
  ['s', whitespace],
  ['S', not(whitespace)],
]);

/** The classes of `\p{…}`: US-ASCII only, as java.util.regex has them. */
export const posixClasses: ReadonlyMap<string, CharTest> = new Map([
  ['Lower', lower],
  ['Upper', upper],
  ['ASCII', (code: number) => code < 128],
  ['Alpha', alpha],
  ['Digit', digit],
  ['Alnum', alnum],
  ['Punct', (code: number) => graph(code) && !alnum(code)],
  ['Graph', graph],
  ['Print', between(' ', '~')],
  ['Blank', (code: number) => code === 32 || code === 9],
  ['Cntrl', (code: number) => code < 32 || code === 127],
  ['XDigit', anyOf(digit, between('a', 'f'), between('A', 'F'))],
  ['Space', whitespace],
]);
