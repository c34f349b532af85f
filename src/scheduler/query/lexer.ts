import { syntaxErrorAt } from './syntax-error.ts';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'symbol' | 'end';
  /** Without the quotation marks. */
  readonly text: string;
  /** Character indexes of its first character and of the one after its last. */
  readonly start: number;
  readonly end: number;
}

const space = /\s/u;
const wordPattern = /[^\s()[\],'"=!<>&|~]+/uy;
const symbols = ['==', '!=', '>=', '<=', '=~', '!~', '&&', '||', '>', '<', '!', '(', ')', '[', ']', ','];

/** Takes an expression apart as the parser asks: a bare pattern is read by other rules than a bare word. */
export class Lexer {
  readonly #text: string;
  #position = 0;
  #peeked: Token | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token, left where it is. */
  peek(): Token {
    this.#peeked ??= this.#read();
    return this.#peeked;
  }

  next(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    this.#position = token.end;
    return token;
  }

  /**
   * The next token read as a pattern: quoted, or bare up to a space, a quotation mark, a connective or the parenthesis
   * that closes what is around the condition. Empty when there is none.
   */
  nextPattern(): Token {
    const start = this.#skipSpace(this.#position);
    if (this.#text[start] === "'" || this.#text[start] === '"') return this.next();
    const end = endOfBarePattern(this.#text, start);
    this.#peeked = undefined;
    this.#position = end;
    return { kind: end === start ? 'end' : 'word', text: this.#text.slice(start, end), start, end };
  }

  #read(): Token {
    const start = this.#skipSpace(this.#position);
    const first = this.#text[start];
    if (first === undefined) return { kind: 'end', text: '', start, end: start };
    if (first === "'" || first === '"') return this.#quoted(first, start);
    wordPattern.lastIndex = start;
    const word = wordPattern.exec(this.#text)?.[0];
    if (word !== undefined) return { kind: 'word', text: word, start, end: start + word.length };
    const symbol = symbols.find((candidate) => this.#text.startsWith(candidate, start));
    if (symbol === undefined) throw syntaxErrorAt(this.#text, start, `"${first}" is no operator`);
    return { kind: 'symbol', text: symbol, start, end: start + symbol.length };
  }

  #quoted(mark: string, start: number): Token {
    const close = this.#text.indexOf(mark, start + 1);
    if (close === -1) throw syntaxErrorAt(this.#text, start, 'the quotation mark is never closed');
    return { kind: 'quoted', text: this.#text.slice(start + 1, close), start, end: close + 1 };
  }

  #skipSpace(from: number): number {
    let position = from;
    while (space.test(this.#text[position] ?? '')) position++;
    return position;
  }
}

/** Parentheses, brackets and escapes inside a bare pattern belong to it. */
function endOfBarePattern(text: string, start: number): number {
  let depth = 0;
  let inClass = false;
  for (let index = start; index < text.length; index++) {
    const char = text[index] ?? '';
    if (space.test(char) || char === "'" || char === '"') return index;
    if (char === '\\') {
      if (!space.test(text[index + 1] ?? ' ')) index++;
    } else if (inClass) {
      inClass = char !== ']';
    } else if (char === '[') {
      inClass = true;
    } else if (char === '(') {
      depth++;
    } else if (char === ')') {
      if (depth === 0) return index;
      depth--;
    } else if (depth === 0 && (text.startsWith('&&', index) || text.startsWith('||', index))) {
      return index;
    }
  }
  return text.length;
}
