/** Bytes that mean nothing to HAProxy's parser, in a word and at its beginning. */
const plain = /^[A-Za-z0-9_.,:/@=+]$/;

/**
 * A word of HAProxy's configuration that stands for exactly this text: every byte with a meaning of its own becomes
 * `\xHH`, which the parser undoes after it has split the line. So no value ends its word, its line or a quote. NUL,
 * which no word can hold, is left out. Source: HAProxy's configuration manual, "Quoting and escaping".
 */
export function word(text: string): string {
  if (text.replaceAll('\0', '') === '') return '""';
  let result = '';
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    if (byte === 0) continue;
    result += plain.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return result;
}

/** Text that stands for itself in a log format, which is the language of header values and redirects: `%` is doubled. */
export function formatText(text: string): string {
  return text.replaceAll('%', '%%');
}

/** A regular expression that matches exactly this text. */
export function regexText(text: string): string {
  return text.replace(/[^A-Za-z0-9_/]/gu, (character) =>
    character.charCodeAt(0) < 128 ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}` : character,
  );
}
