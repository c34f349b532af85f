import { ApiError } from './api-error.ts';

/** An element without its namespace: names lose their prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All its own text in one. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** Deeper nesting is hostile. */
const maxDepth = 100;

/**
 * The root element of a document. What requests and answers of AWS never have is refused: document types, so that
 * there are no entities but XML's own five. Throws MalformedInput.
 */
export function parseXml(document: string): XmlElement {
  return new XmlScanner(document).root();
}

class XmlScanner {
  readonly #text: string;
  readonly #open: OpenElement[] = [];
  #at = 0;
  #root: XmlElement | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  root(): XmlElement {
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    while (this.#at < this.#text.length) {
      const next = this.#text.indexOf('<', this.#at);
      this.#characters(this.#text.slice(this.#at, next < 0 ? undefined : next));
      if (next < 0) break;
      this.#at = next;
      this.#markup();
    }
    if (this.#open.length > 0 || this.#root === undefined) throw malformed('it ends too early');
    return this.#root;
  }

  #characters(raw: string): void {
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.text += unescape(raw.replaceAll('\r\n', '\n'));
    else if (raw.trim() !== '') throw malformed('text stands outside of the root element');
  }

  #markup(): void {
    if (this.#skip('<?', '?>') || this.#skip('<!--', '-->')) return;
    if (this.#text.startsWith('<![CDATA[', this.#at)) {
      const end = this.#indexOf(']]>');
      const parent = this.#open.at(-1);
      if (parent === undefined) throw malformed('text stands outside of the root element');
      parent.text += this.#text.slice(this.#at + 9, end);
      this.#at = end + 3;
    } else if (this.#text.startsWith('<!', this.#at)) {
      throw malformed('document types are not accepted');
    } else if (this.#text.startsWith('</', this.#at)) {
      this.#close();
    } else {
      this.#start();
    }
  }

  #skip(from: string, to: string): boolean {
    if (!this.#text.startsWith(from, this.#at)) return false;
    this.#at = this.#indexOf(to) + to.length;
    return true;
  }

  #close(): void {
    const end = this.#indexOf('>');
    const name = localName(this.#text.slice(this.#at + 2, end).trim());
    const element = this.#open.pop();
    if (element?.name !== name) throw malformed(`</${name}> closes nothing`);
    this.#done(element);
    this.#at = end + 1;
  }

  #start(): void {
    tagPattern.lastIndex = this.#at;
    const match = tagPattern.exec(this.#text);
    if (match === null) throw malformed('a tag is broken');
    const [whole, name = '', attributes = '', slash] = match;
    if (this.#root !== undefined && this.#open.length === 0) throw malformed('there are two root elements');
    if (this.#open.length >= maxDepth) throw malformed('it is nested too deeply');
    const element = { name: localName(name), attributes: attributesOf(attributes), children: [], text: '' };
    if (slash === '/') this.#done(element);
    else this.#open.push(element);
    this.#at += whole.length;
  }

  #done(element: XmlElement): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }

  #indexOf(end: string): number {
    const index = this.#text.indexOf(end, this.#at);
    if (index < 0) throw malformed('it ends too early');
    return index;
  }
}

const nameText = '[A-Za-z_:][\\w:.-]*';
const attributeText = `${nameText}\\s*=\\s*(?:"[^"<]*"|'[^'<]*')`;
const tagPattern = new RegExp(`<(${nameText})((?:\\s+${attributeText})*)\\s*(/?)>`, 'y');
const attributePattern = new RegExp(`(${nameText})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');

function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(attributePattern)) {
    attributes.set(name, unescape(double ?? single ?? ''));
  }
  return attributes;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&([^;&]{0,12};)?/g, (_, inner: string | undefined) => {
    const name = inner?.slice(0, -1) ?? '';
    const value = name.startsWith('#') ? characterOf(name.slice(1)) : entities.get(name);
    if (value === undefined) throw malformed('an entity is unknown');
    return value;
  });
}

function characterOf(reference: string): string | undefined {
  const hex = /^x([0-9a-fA-F]{1,6})$/.exec(reference)?.[1];
  const code = hex === undefined ? (/^\d{1,7}$/.test(reference) ? Number(reference) : -1) : Number.parseInt(hex, 16);
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

function malformed(problem: string): ApiError {
  return new ApiError('MalformedInput', `The XML document is not well-formed: ${problem}.`);
}
