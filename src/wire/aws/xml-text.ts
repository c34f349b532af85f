/** Text as XML carries it. Characters that XML 1.0 cannot carry at all become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(unrepresentable, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
// oxlint-disable-next-line no-control-regex -- these are the characters to find
const unrepresentable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** An element that holds text alone. */
export function textElement(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}
