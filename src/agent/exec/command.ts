/**
 * A command's words, as a shell would part them: spaces part, quotes join, a backslash takes the next character as it is. No
 * shell runs: variables and patterns stay what they are. Nothing at all means a shell.
 */
export function commandWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== undefined && character === quote) quote = undefined;
    else if (character === '\\' && quote !== "'" && at + 1 < text.length)
      word = (word ?? '') + escaped(text.charAt(++at), quote);
    else if (quote !== undefined) word = (word ?? '') + character;
    else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words.length === 0 ? ['sh'] : words;
}

/** Between double quotes a backslash stays unless it stands before what it is needed for. */
function escaped(character: string, quote: string | undefined): string {
  return quote === '"' && !'"\\$`\n'.includes(character) ? `\\${character}` : character;
}
