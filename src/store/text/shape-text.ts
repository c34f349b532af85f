import { fieldNames, rowTexts } from '../limits.ts';
import { leaf } from './shape.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Shorter ones are not worth a number. */
const shortestNumbered = 10;

/** How often the texts of one field were looked for among the numbered ones, and found. */
interface Column {
  looked: number;
  found: number;
}

/**
 * Compares records that are to be written one after the other. Texts that come again are numbered: those of a field that
 * has `patience` texts of which less than half came before are no longer looked for.
 */
export class Comparison {
  readonly #patience: number;
  readonly #texts = new Map<string, number>();
  readonly #columns = new Map<string, Column>();
  #values: unknown[] = [];
  #key = '';

  /** With no patience at all no text is numbered. */
  constructor(options: { readonly patience: number }) {
    this.#patience = options.patience;
  }

  /**
   * The template of what makes the record of the like one (see `shape.ts`), as JSON. Adds the values of its leaves to the
   * row, which must be written: later ones refer to its texts. Fields of the value `undefined` do not count.
   */
  compare(like: object, record: object, key: string, row: unknown[]): string {
    this.#values = row;
    this.#key = key;
    const template = this.#object(like as Fields, record as Fields);
    return template === '' ? '{}' : template;
  }

  /** The template of what differs; nothing when nothing does. */
  #object(before: Fields, after: Fields): string {
    let text = '';
    let kept = 0;
    for (const field in after) {
      const value = after[field];
      const old = before[field];
      if (value === undefined) continue;
      if (old !== undefined && typeof old !== 'function' && old !== Object.prototype) kept++;
      if (value === old) continue;
      const part = this.#part(field, old, value);
      if (part !== '') text += `${text === '' ? '{' : ','}${nameText(field)}:${part}`;
    }
    if (definedFields(before) > kept) text = goneFields(before, after, text);
    return text === '' ? '' : `${text}}`;
  }

  #list(field: string, before: readonly unknown[], after: readonly unknown[]): string {
    let text = '';
    let differs = false;
    for (let i = 0; i < after.length; i++) {
      const part = after[i] === before[i] ? '' : this.#part(field, before[i], after[i]);
      if (part !== '') differs = true;
      text += `${i === 0 ? '[' : ','}${part === '' ? 'null' : part}`;
    }
    return differs ? `${text}]` : '';
  }

  #part(field: string, before: unknown, after: unknown): string {
    if (typeof after === 'string') return this.#text(field, after);
    if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
      if (!Array.isArray(after)) return this.#object(before as Fields, after as Fields);
      const list = before as unknown as readonly unknown[];
      if (list.length === after.length) return this.#list(field, list, after);
    }
    this.#values.push(after);
    return String(leaf.value);
  }

  #text(field: string, text: string): string {
    if (text === this.#key) return String(leaf.key);
    if (this.#patience === 0 || text.length < shortestNumbered) return this.#leaf(leaf.value, text);
    const column = this.#column(field);
    if (column.looked >= this.#patience && column.found * 2 < column.looked) return this.#leaf(leaf.value, text);
    column.looked++;
    const number = this.#texts.get(text);
    if (number !== undefined) {
      column.found++;
      return this.#leaf(leaf.knownText, number);
    }
    if (this.#texts.size >= rowTexts) return this.#leaf(leaf.value, text);
    this.#texts.set(text, this.#texts.size);
    return this.#leaf(leaf.newText, text);
  }

  #leaf(kind: number, value: unknown): string {
    this.#values.push(value);
    return String(kind);
  }

  #column(field: string): Column {
    let column = this.#columns.get(field);
    if (column === undefined) {
      column = { looked: 0, found: 0 };
      this.#columns.set(field, column);
    }
    return column;
  }
}

/** Field names as JSON has them. */
const names = new Map<string, string>();

function nameText(field: string): string {
  let name = names.get(field);
  if (name === undefined) {
    name = JSON.stringify(field);
    if (names.size >= fieldNames) names.clear();
    names.set(field, name);
  }
  return name;
}

function definedFields(fields: Fields): number {
  let count = 0;
  for (const field in fields) if (fields[field] !== undefined) count++;
  return count;
}

/** Adds the fields that are gone to the text of a template. */
function goneFields(before: Fields, after: Fields, template: string): string {
  let text = template;
  for (const field of Object.keys(before)) {
    if (before[field] === undefined || has(after, field)) continue;
    text += `${text === '' ? '{' : ','}${nameText(field)}:${leaf.gone}`;
  }
  return text;
}

/** Reading a missing field named `constructor` gives something. */
function has(fields: Fields, field: string): boolean {
  return Object.hasOwn(fields, field) && fields[field] !== undefined;
}

/** The prototype is what reading a missing field named `__proto__` gives. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && value !== Object.prototype;
}
