import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatText, regexText, word } from './quote.ts';

/** How HAProxy splits a line and undoes escapes outside of quotes (its configuration manual, 2.2). */
function parseLine(line: string): readonly string[] {
  const words: number[][] = [[]];
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    const current = words.at(-1) ?? [];
    if (character === '\\') {
      const hex = /^x([0-9a-f]{2})/.exec(line.slice(at + 1));
      if (hex === null) throw new Error(`an escape that no word has: ${line.slice(at, at + 4)}`);
      current.push(Number.parseInt(hex[1] ?? '', 16));
      at += 3;
    } else if (character === ' ') words.push([]);
    else if (/["'#\n\r\t$]/.test(character) && line !== '""') throw new Error(`${character} stands bare`);
    else if (character !== '"') current.push(character.charCodeAt(0));
  }
  return words.map((bytes) => new TextDecoder().decode(new Uint8Array(bytes)));
}

const hostile = fc.string({
  unit: fc.constantFrom(...`a"'\\#$\{}()[]%\n\r\t ;,|&x0é-`.split('')),
  minLength: 1,
  maxLength: 30,
});
const texts = fc.oneof(hostile, fc.string({ unit: 'binary' }));

test('a word is one word, and stands for exactly its text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      // Half a surrogate pair has no bytes of its own.
      const wellFormed = text.toWellFormed();
      expect(parseLine(word(wellFormed))).toEqual([wellFormed.replaceAll('\0', '')]);
    }),
  );
});

test('a word holds nothing that the parser gives a meaning', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(word(text)).toMatch(/^(""|([A-Za-z0-9_.,:/@=+]|\\x[0-9a-f]{2})+)$/);
    }),
  );
});

test('text in a log format begins no variable', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(formatText(text).replaceAll('%%', '')).not.toContain('%');
    }),
  );
});

test('text in a regular expression is matched as it is', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(new RegExp(`^${regexText(text)}$`, 'u').test(text)).toBe(true);
    }),
  );
});
