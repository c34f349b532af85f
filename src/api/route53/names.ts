/**
 * Domain names as Route 53 stores and tells them: lower case, with the last dot, every character but letters, digits,
 * `-`, `_` and `.` as a backslash and three octal digits. Source: "DNS domain name format" in its developer guide.
 */

const maxNameBytes = 255;
const maxLabelBytes = 63;

/** The name, or why it is none, in the words Route 53 has for it. */
export type ParsedName = { readonly name: string } | { readonly problem: string };

export function parseName(text: string): ParsedName {
  const labels: string[] = [];
  for (const raw of splitLabels(text.endsWith('.') ? text.slice(0, -1) : text)) {
    const bytes = bytesOf(raw);
    if (bytes === undefined) return { problem: 'DomainLabelMalformed (Domain label has a malformed escape)' };
    if (bytes.length === 0) return { problem: 'DomainLabelEmpty (Domain label is empty)' };
    if (bytes.length > maxLabelBytes) return { problem: 'DomainLabelTooLong (Domain label is too long)' };
    labels.push([...bytes].map(escaped).join(''));
  }
  const name = `${labels.join('.')}.`;
  if (labels.reduce((sum, label) => sum + label.length + 1, 1) > maxNameBytes) {
    return { problem: 'DomainNameTooLong (Domain name is too long)' };
  }
  return { name };
}

/** Dots that are not escaped part a name's labels. */
function splitLabels(text: string): string[] {
  return text.split('.');
}

/** The octets a label stands for; `undefined` for a broken escape. */
function bytesOf(label: string): Uint8Array | undefined {
  const bytes: number[] = [];
  for (let i = 0; i < label.length; i++) {
    const character = label.charAt(i);
    if (character !== '\\') {
      bytes.push(...Buffer.from(character.toLowerCase(), 'utf8'));
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(label.slice(i + 1))?.[0];
    if (octal === undefined) return undefined;
    bytes.push(Number.parseInt(octal, 8));
    i += 3;
  }
  return Uint8Array.from(bytes);
}

function escaped(byte: number): string {
  const character = String.fromCharCode(byte).toLowerCase();
  return /[a-z0-9_-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
}

/** Whether the name is the zone's own or below it. */
export function isInZone(name: string, zoneName: string): boolean {
  return name === zoneName || name.endsWith(`.${zoneName}`);
}

/** Orders names by their labels from the last to the first, as lists are. */
export function sortKey(name: string): string {
  return `${name.slice(0, -1).split('.').reverse().join('.')}.`;
}
