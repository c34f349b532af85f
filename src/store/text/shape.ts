import { freezeRecord } from '../freeze.ts';

/**
 * Records of one kind differ from one another in the same places. A shape names these places once; a row then has the
 * values alone, and says from which record it differs.
 *
 * The template of a shape is the record as far as it differs: objects with the fields that do, lists of the same length
 * with null for each element that does not, and a leaf at each place that is replaced. The values of a row stand in the
 * order of the leaves, depth first.
 */
export type Template = { readonly [field: string]: Template | Leaf } | readonly (Template | Leaf | null)[];

export const leaf = {
  /** The value itself. */
  value: 0,
  /** The key of the record; the row has no value for it. */
  key: 1,
  /** The field is not there; the row has no value for it. */
  gone: 2,
  /** A text that later rows refer to: the first one is number 0. */
  newText: 3,
  /** The number of a text that an earlier row has. */
  knownText: 4,
} as const;
type Leaf = (typeof leaf)[keyof typeof leaf];

const leaves: ReadonlySet<number> = new Set(Object.values(leaf));

/** Numbered texts that rows refer to. */
export type Texts = string[];

/** What comes before the values in a row: its shape, the record it differs from, when it was created, its key. */
export const rowHead = 4;
const keyAt = rowHead - 1;

interface Part {
  readonly fields: string[];
  /** Where in a row the value of each leaf is. */
  readonly places: number[];
  readonly gone: Set<string>;
  /** Whether a leaf is named `__proto__`: assigning to it makes no field. */
  odd: boolean;
  readonly inner: [field: string, part: ObjectPart | ListPart][];
  /** The last object that fields were taken from, and what was left of it. */
  stripped?: { readonly of: object; readonly rest: object };
}

interface ObjectPart extends Part {
  readonly type: 'object';
}

interface ListPart extends Part {
  readonly type: 'list';
  readonly length: number;
}

interface TextPlace {
  readonly place: number;
  readonly isNew: boolean;
}

interface RowPlaces {
  length: number;
  readonly texts: TextPlace[];
}

type Fields = Record<string, unknown>;

/** Makes records of rows. What it throws says what does not fit. */
export class Shape {
  readonly #part: ObjectPart;
  /** Where in a row texts are that have a number, and whether they get it here. */
  readonly #texts: readonly TextPlace[];
  readonly #length: number;

  constructor(template: unknown) {
    const row: RowPlaces = { length: rowHead, texts: [] };
    const part = partOf(template, row);
    if (part.type !== 'object') throw new TypeError('a shape is no object');
    this.#part = part;
    this.#texts = row.texts;
    this.#length = row.length;
  }

  /**
   * A new frozen record; what does not differ is that of `like`, which is frozen, as the very same objects. Takes the
   * row for its own, and adds to the texts.
   */
  make(like: object, row: unknown[], texts: Texts): object {
    this.number(row, texts);
    return madeObject(this.#part, like, row);
  }

  /** Does what later rows rely on, for a row of which no record is made as well: its texts get their numbers. */
  number(row: unknown[], texts: Texts): void {
    if (row.length !== this.#length) throw new TypeError(`${row.length} elements in place of ${this.#length}`);
    for (const place of this.#texts) numberedText(place, row, texts);
  }
}

function numberedText({ place, isNew }: TextPlace, row: unknown[], texts: Texts): void {
  const value = row[place];
  if (isNew) {
    if (typeof value !== 'string') throw new TypeError('no text where the shape has one');
    texts.push(value);
    return;
  }
  const text = typeof value === 'number' ? texts[value] : undefined;
  if (text === undefined) throw new TypeError('a text that is not there');
  row[place] = text;
}

function partOf(template: unknown, row: RowPlaces): ObjectPart | ListPart {
  if (typeof template !== 'object' || template === null) throw new TypeError('a shape has a part that is none');
  const content: Part = { fields: [], places: [], gone: new Set(), odd: false, inner: [] };
  const part: ObjectPart | ListPart = Array.isArray(template)
    ? { type: 'list', length: template.length, ...content }
    : { type: 'object', ...content };
  for (const [field, within] of Object.entries(template)) {
    if (typeof within === 'number') addLeaf(part, field, within, row);
    else if (part.type === 'object' || within !== null) part.inner.push([field, partOf(within, row)]);
  }
  return part;
}

function addLeaf(part: ObjectPart | ListPart, field: string, kind: number, row: RowPlaces): void {
  if (!leaves.has(kind) || (kind === leaf.gone && part.type === 'list')) {
    throw new TypeError(`a shape has ${kind} for ${field}`);
  }
  if (kind === leaf.gone) {
    part.gone.add(field);
    return;
  }
  if (field === '__proto__') part.odd = true;
  const place = kind === leaf.key ? keyAt : row.length++;
  if (kind === leaf.newText || kind === leaf.knownText) row.texts.push({ place, isNew: kind === leaf.newText });
  part.fields.push(field);
  part.places.push(place);
}

function madeObject(part: ObjectPart, like: object, row: readonly unknown[]): object {
  const made: Fields = { ...(part.gone.size === 0 ? like : strippedOf(part, like)) };
  replace(made, part, row);
  return Object.freeze(made);
}

function madeList(part: ListPart, like: readonly unknown[], row: readonly unknown[]): object {
  if (like.length !== part.length) throw new TypeError(`a list of ${like.length} in place of ${part.length}`);
  const made = like.map((element) => element);
  replace(made as unknown as Fields, part, row);
  return Object.freeze(made);
}

function replace(made: Fields, part: Part, row: readonly unknown[]): void {
  const { fields, places, inner } = part;
  if (part.odd) Object.defineProperty(made, '__proto__', { writable: true, enumerable: true, configurable: true });
  for (let i = 0; i < fields.length; i++) {
    const value = row[places[i] as number];
    if (isObject(value)) freezeRecord(value, 'stored');
    made[fields[i] as string] = value;
  }
  for (const [field, within] of inner) made[field] = madeInner(within, made[field], row);
}

function madeInner(part: ObjectPart | ListPart, like: unknown, row: readonly unknown[]): object {
  if (part.type === 'list') {
    if (!Array.isArray(like)) throw new TypeError('no list where the shape has one');
    return madeList(part, like, row);
  }
  if (!isObject(like) || Array.isArray(like)) throw new TypeError('no object where the shape has one');
  return madeObject(part, like, row);
}

/** Records that lack the same fields as the one they are like follow each other: what is left is made once. */
function strippedOf(part: Part, like: object): object {
  if (part.stripped?.of === like) return part.stripped.rest;
  const rest = Object.fromEntries(Object.entries(like).filter(([field]) => !part.gone.has(field)));
  part.stripped = { of: like, rest };
  return rest;
}

/** The prototype is what reading a missing field named `__proto__` gives. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && value !== Object.prototype;
}
