import { maxNesting } from '../limits.ts';
import { alpha, anyOf, type CharTest, codeOf, lineEnd, not, posixClasses, shorthands } from './char-tests.ts';

/**
 * The patterns of `=~`: the regular part of java.util.regex. Known: literals, `.`, classes with ranges and negation,
 * `\d \w \s` and their opposites, POSIX classes `\p{Alpha}`, escapes, `\Q…\E`, groups, alternatives, greedy and reluctant
 * quantifiers, anchors, word boundaries, the flags `i` and `s`. What cannot be matched in linear time is refused
 * (back-references, lookaround, atomic groups, possessive quantifiers), and so are class unions and intersections,
 * Unicode classes, octal and control escapes, and the flags `d m u x`.
 */
export type PatternNode =
  | { readonly type: 'char'; readonly test: CharTest }
  | { readonly type: 'edge'; readonly edge: Edge }
  | { readonly type: 'sequence' | 'choice'; readonly nodes: readonly PatternNode[] }
  | { readonly type: 'repeat'; readonly node: PatternNode; readonly min: number; readonly max: number };

export type Edge = 'start' | 'end' | 'boundary' | 'inside';

/** A pattern that is malformed or beyond what is supported. `index` counts characters from its start. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly index: number;

  constructor(message: string, index: number) {
    super(message);
    this.index = index;
  }
}

interface Char {
  readonly text: string;
  readonly index: number;
  /** Came from `\Q…\E`: never a metacharacter. */
  readonly literal: boolean;
}

/** A counted repetition goes up to this. */
const maxRepetition = 1000;

const controls: ReadonlyMap<string, number> = new Map([
  ['t', 9],
  ['n', 10],
  ['f', 12],
  ['r', 13],
  ['a', 7],
  ['e', 27],
]);

const edges: ReadonlyMap<string, Edge> = new Map([
  ['b', 'boundary'],
  ['B', 'inside'],
  ['A', 'start'],
  ['z', 'end'],
  ['Z', 'end'],
]);

/** Parses a pattern. Throws PatternError. */
export function parsePattern(pattern: string): PatternNode {
  return new PatternParser(pattern).parse();
}

class PatternParser {
  readonly #chars: readonly Char[];
  readonly #length: number;
  #position = 0;
  #ignoreCase = false;
  #dotAll = false;

  constructor(pattern: string) {
    this.#chars = charsOf(pattern);
    this.#length = pattern.length;
  }

  parse(): PatternNode {
    const node = this.#choice(0);
    if (this.#position < this.#chars.length) throw this.#error('the parenthesis is never opened');
    return node;
  }

  #choice(depth: number): PatternNode {
    if (depth > maxNesting) throw this.#error(`groups are nested deeper than ${maxNesting}`);
    const branches = [this.#sequence(depth)];
    while (this.#take('|')) branches.push(this.#sequence(depth));
    return branches.length === 1 && branches[0] !== undefined ? branches[0] : { type: 'choice', nodes: branches };
  }

  #sequence(depth: number): PatternNode {
    const nodes: PatternNode[] = [];
    for (let meta = this.#meta(); this.#position < this.#chars.length; meta = this.#meta()) {
      if (meta === '|' || meta === ')') break;
      nodes.push(this.#repeated(this.#atom(depth)));
    }
    return { type: 'sequence', nodes };
  }

  #repeated(node: PatternNode): PatternNode {
    const bounds = this.#quantifier();
    if (bounds === undefined) return node;
    if (this.#meta() === '+') throw this.#error('possessive quantifiers are not supported');
    // Reluctant or greedy: the whole value matches or does not, either way.
    this.#take('?');
    return { type: 'repeat', node, ...bounds };
  }

  #quantifier(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity };
    if (this.#take('+')) return { min: 1, max: Infinity };
    if (this.#take('?')) return { min: 0, max: 1 };
    if (!this.#take('{')) return undefined;
    const min = this.#number();
    const open = this.#take(',');
    const max = !open ? min : this.#meta() === '}' ? Infinity : this.#number();
    if (!this.#take('}')) throw this.#error('"}" is expected');
    if (max < min) throw this.#error('the repetition ends before it begins');
    return { min, max };
  }

  #number(): number {
    const start = this.#position;
    while (/^\d$/.test(this.#meta() ?? '')) this.#position++;
    const text = this.#textFrom(start);
    if (text === '') throw this.#error('a number is expected');
    if (Number(text) > maxRepetition) throw this.#error(`a repetition goes up to ${maxRepetition}`, start);
    return Number(text);
  }

  #atom(depth: number): PatternNode {
    switch (this.#meta() ?? '') {
      case '(':
        this.#position++;
        return this.#group(depth);
      case '[':
        this.#position++;
        return this.#char(this.#class());
      case '.':
        this.#position++;
        return { type: 'char', test: this.#dotAll ? () => true : not(lineEnd) };
      case '^':
        this.#position++;
        return { type: 'edge', edge: 'start' };
      case '$':
        this.#position++;
        return { type: 'edge', edge: 'end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
      case '{':
        throw this.#error('there is nothing to repeat');
      default: {
        const code = codeOf(this.#advance());
        return this.#char((candidate) => candidate === code);
      }
    }
  }

  #group(depth: number): PatternNode {
    const { ignoreCase, dotAll } = { ignoreCase: this.#ignoreCase, dotAll: this.#dotAll };
    const start = this.#position - 1;
    if (this.#meta() === '?' && this.#groupHead()) return { type: 'sequence', nodes: [] };
    const node = this.#choice(depth + 1);
    if (!this.#take(')')) throw this.#error('the parenthesis is never closed', start);
    this.#ignoreCase = ignoreCase;
    this.#dotAll = dotAll;
    return node;
  }

  /** What follows `(?`. True for flags that hold from here on, `(?i)`, which group nothing. */
  #groupHead(): boolean {
    const start = this.#position - 1;
    this.#position++;
    if (this.#take('<')) {
      const nameStart = this.#position;
      while (/^[A-Za-z0-9]$/.test(this.#meta() ?? '')) this.#position++;
      if (this.#position > nameStart && this.#take('>')) return false;
      throw this.#error('lookbehind is not supported', start);
    }
    let on = true;
    for (;;) {
      if (this.#take('-')) on = false;
      else if (this.#take('i')) this.#ignoreCase = on;
      else if (this.#take('s')) this.#dotAll = on;
      else if (this.#take(':')) return false;
      else if (this.#take(')')) return true;
      else throw this.#error('lookahead, atomic groups and other flags than i and s are not supported', start);
    }
  }

  #class(): CharTest {
    const start = this.#position - 1;
    const negated = this.#take('^');
    const tests: CharTest[] = [];
    while (this.#meta() !== ']' || tests.length === 0) {
      if (this.#position >= this.#chars.length) throw this.#error('the bracket is never closed', start);
      if (this.#meta() === '[' || (this.#meta() === '&' && this.#meta(1) === '&')) {
        throw this.#error('unions and intersections of classes are not supported');
      }
      tests.push(this.#classItem());
    }
    this.#position++;
    const test = this.#caseless(anyOf(...tests));
    return negated ? not(test) : test;
  }

  #classItem(): CharTest {
    const first = this.#classChar();
    if (typeof first === 'function') return first;
    if (this.#meta() !== '-' || this.#meta(1) === ']' || this.#position + 1 >= this.#chars.length) {
      return (code) => code === first;
    }
    this.#position++;
    const last = this.#classChar();
    if (typeof last === 'function' || last < first) throw this.#error('the range ends before it begins');
    return (code) => code >= first && code <= last;
  }

  #classChar(): number | CharTest {
    if (this.#meta() !== '\\') return codeOf(this.#advance());
    this.#position++;
    return this.#escaped();
  }

  #escape(): PatternNode {
    this.#position++;
    const edge = edges.get(this.#meta() ?? '');
    if (edge !== undefined) {
      this.#position++;
      return { type: 'edge', edge };
    }
    const escaped = this.#escaped();
    return this.#char(typeof escaped === 'function' ? escaped : (code) => code === escaped);
  }

  /** What follows a backslash, where it stands for one character. */
  #escaped(): number | CharTest {
    if (this.#position >= this.#chars.length) throw this.#error('a backslash ends the pattern');
    const start = this.#position - 1;
    const char = this.#advance();
    const test = shorthands.get(char);
    if (test !== undefined) return test;
    const control = controls.get(char);
    if (control !== undefined) return control;
    if (char === 'p' || char === 'P') return this.#posixClass(char === 'P', start);
    if (char === 'x') return this.#hexadecimal(2);
    if (char === 'u') return this.#hexadecimal(4);
    if (/^[A-Za-z0-9]$/.test(char)) throw this.#error(`the escape "\\${char}" is not supported`, start);
    return codeOf(char);
  }

  #posixClass(negated: boolean, start: number): CharTest {
    const match = /^\{(\w+)\}/.exec(this.#textFrom(this.#position, 16));
    const test = posixClasses.get(match?.[1] ?? '');
    if (match === null || test === undefined)
      throw this.#error('only POSIX classes such as \\p{Alpha} are supported', start);
    this.#position += match[0].length;
    return negated ? not(test) : test;
  }

  #hexadecimal(digits: number): number {
    const text = this.#textFrom(this.#position, digits);
    if (text.length < digits || !/^[0-9A-Fa-f]+$/.test(text))
      throw this.#error(`${digits} hexadecimal digits are expected`);
    this.#position += digits;
    return Number.parseInt(text, 16);
  }

  #char(test: CharTest): PatternNode {
    return { type: 'char', test: this.#caseless(test) };
  }

  /** Like Java without UNICODE_CASE: only ASCII letters have two cases. */
  #caseless(test: CharTest): CharTest {
    if (!this.#ignoreCase) return test;
    return (code) => test(code) || (alpha(code) && test(code ^ 32));
  }

  /** The character `ahead` of here unless it is literal or there is none. */
  #meta(ahead = 0): string | undefined {
    const char = this.#chars[this.#position + ahead];
    return char === undefined || char.literal ? undefined : char.text;
  }

  #take(meta: string): boolean {
    if (this.#meta() !== meta) return false;
    this.#position++;
    return true;
  }

  #advance(): string {
    const char = this.#chars[this.#position];
    this.#position++;
    return char?.text ?? '';
  }

  #textFrom(start: number, length?: number): string {
    const end = length === undefined ? this.#position : start + length;
    return this.#chars
      .slice(start, end)
      .map((char) => char.text)
      .join('');
  }

  #error(message: string, position = this.#position): PatternError {
    return new PatternError(message, this.#chars[position]?.index ?? this.#length);
  }
}

/** The pattern's code points, with `\Q…\E` resolved; a `\Q` without its `\E` holds to the end. */
function charsOf(pattern: string): readonly Char[] {
  const chars: Char[] = [];
  let literal = false;
  for (let index = 0; index < pattern.length; ) {
    if (pattern.startsWith(literal ? '\\E' : '\\Q', index)) {
      literal = !literal;
      index += 2;
      continue;
    }
    const text = String.fromCodePoint(pattern.codePointAt(index) ?? 0);
    chars.push({ text, index, literal });
    index += text.length;
    const escapes = !literal && text === '\\';
    const next = pattern.codePointAt(index);
    if (!escapes || next === undefined) continue;
    // The escaped character goes along, so that `\\Q` is a backslash and a Q.
    const escaped = String.fromCodePoint(next);
    chars.push({ text: escaped, index, literal: false });
    index += escaped.length;
  }
  return chars;
}
