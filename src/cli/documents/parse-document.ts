import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { unreachable } from '#base';
import { DocumentError, type DocumentProblem } from './document-error.ts';
import { nearestName } from './nearest-name.ts';

/** The names an input shape knows: the tree of a structure's members down to its simple values. */
export type ShapeNames =
  | { readonly kind: 'structure'; readonly members: ReadonlyMap<string, ShapeNames> }
  | { readonly kind: 'list'; readonly member: ShapeNames }
  | { readonly kind: 'map'; readonly value: ShapeNames }
  | { readonly kind: 'string' | 'number' | 'boolean' }
  /** Taken as it is written. */
  | { readonly kind: 'any' };

export type DocumentValue =
  | null
  | string
  | number
  | boolean
  | readonly DocumentValue[]
  | { readonly [name: string]: DocumentValue };

/** The members of a parsed document. */
export type DocumentMembers = Readonly<Record<string, DocumentValue>>;

const maxDepth = 64;
/** Nodes visited, an alias each time it is used: a small text can stand for a document without end. */
const maxNodes = 20_000;

/**
 * Parses an input of the API from JSON or YAML (JSON is YAML). A scalar where the shape has text is taken as it is
 * written, so that `cpu: 256` and `value: 1.10` need no quotation marks; a member that is null counts as absent.
 * Throws DocumentError with every problem: syntax, unknown members (with the nearest known name), wrong kinds.
 */
export function parseInputDocument(text: string, names: ShapeNames): DocumentMembers {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const reader = new DocumentReader(
    (offset) => lines.linePos(offset),
    (alias) => alias.resolve(document),
  );
  for (const error of document.errors) reader.refuse(lowerFirst(error.message), error.pos[0]);
  if (document.errors.length === 0) {
    const value = reader.read(document.contents, names, 'the document', 0);
    return reader.finish(isMembers(value) ? value : {});
  }
  return reader.finish({});
}

function isMembers(value: DocumentValue | undefined): value is DocumentMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** Walks a document along a shape, collecting problems on the way. */
class DocumentReader {
  readonly #positionOf: (offset: number) => { line: number; col: number };
  readonly #resolve: (alias: Alias) => Node | undefined;
  readonly #problems: DocumentProblem[] = [];
  #nodes = 0;

  constructor(
    positionOf: (offset: number) => { line: number; col: number },
    resolve: (alias: Alias) => Node | undefined,
  ) {
    this.#positionOf = positionOf;
    this.#resolve = resolve;
  }

  refuse(what: string, offset: number, hint = ''): void {
    const { line, col } = this.#positionOf(offset);
    const known = { line: Math.max(1, line), column: Math.max(1, col) };
    this.#problems.push({ message: `${what} at line ${known.line}, column ${known.column}${hint}`, ...known });
  }

  /** The value, when nothing was wrong with it. */
  finish(value: DocumentMembers): DocumentMembers {
    if (this.#problems.length > 0) {
      throw new DocumentError(this.#problems.sort((one, other) => one.line - other.line || one.column - other.column));
    }
    return value;
  }

  read(node: unknown, names: ShapeNames, label: string, depth: number): DocumentValue | undefined {
    if (++this.#nodes > maxNodes || depth > maxDepth) {
      if (this.#nodes <= maxNodes + 1) this.refuse('the document is too large or too deep', offsetOf(node));
      this.#nodes = maxNodes + 1;
      return undefined;
    }
    if (isAlias(node)) return this.read(this.#resolve(node), names, label, depth + 1);
    switch (names.kind) {
      case 'structure':
        return isMap(node) ? this.#readStructure(node, names.members, depth) : this.#mismatch(node, label, 'an object');
      case 'map':
        return isMap(node) ? this.#readMap(node, names.value, depth) : this.#mismatch(node, label, 'an object');
      case 'list':
        return this.#readList(node, names.member, label, depth);
      case 'any':
        return this.#readAny(node, label, depth);
      case 'string':
      case 'number':
      case 'boolean':
        return this.#readScalar(node, names.kind, label);
      default:
        return unreachable(names);
    }
  }

  #mismatch(node: unknown, label: string, expected: string): undefined {
    this.refuse(`${label} must be ${expected}`, offsetOf(node));
    return undefined;
  }

  #readStructure(node: YAMLMap, members: ReadonlyMap<string, ShapeNames>, depth: number): DocumentMembers {
    const values: Record<string, DocumentValue> = {};
    for (const [name, key, value] of this.#entries(node, depth)) {
      const shape = members.get(name);
      if (shape === undefined) {
        const nearest = nearestName(name, members.keys());
        const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
        this.refuse(`unknown member ${JSON.stringify(name)}`, offsetOf(key), hint);
      } else if (!isNull(value)) {
        put(values, name, this.read(value, shape, `member "${name}"`, depth + 1));
      }
    }
    return values;
  }

  #readMap(node: YAMLMap, shape: ShapeNames, depth: number): DocumentMembers {
    const values: Record<string, DocumentValue> = {};
    for (const [name, , value] of this.#entries(node, depth)) {
      if (!isNull(value)) put(values, name, this.read(value, shape, `key ${JSON.stringify(name)}`, depth + 1));
    }
    return values;
  }

  #readList(node: unknown, member: ShapeNames, label: string, depth: number): DocumentValue | undefined {
    if (!isSeq(node)) return this.#mismatch(node, label, 'a list');
    return node.items.flatMap((item) => {
      const value = this.read(item, member, `an item of ${label}`, depth + 1);
      return value === undefined ? [] : [value];
    });
  }

  #readAny(node: unknown, label: string, depth: number): DocumentValue | undefined {
    if (isMap(node)) return this.#readMap(node, { kind: 'any' }, depth);
    if (isSeq(node)) return this.#readList(node, { kind: 'any' }, label, depth);
    const value: unknown = isScalar(node) ? node.value : undefined;
    return isPlain(value) ? value : this.#mismatch(node, label, 'a JSON value');
  }

  #readScalar(node: unknown, kind: 'string' | 'number' | 'boolean', label: string): DocumentValue | undefined {
    const expected = kind === 'string' ? 'text' : kind === 'number' ? 'a number' : 'true or false';
    if (!isScalar(node) || node.value === null) return this.#mismatch(node, label, expected);
    if (kind === 'string') return writtenText(node);
    const { value } = node;
    const finite = typeof value !== 'number' || Number.isFinite(value);
    return isPlain(value) && typeof value === kind && finite ? value : this.#mismatch(node, label, expected);
  }

  /** Name, key node and value node of each entry. What a merge key brings in yields to what is written beside it. */
  #entries(node: YAMLMap, depth: number): readonly (readonly [string, unknown, unknown])[] {
    const own = new Map<string, readonly [string, unknown, unknown]>();
    const merged = new Map<string, readonly [string, unknown, unknown]>();
    for (const { key, value } of node.items) {
      const resolved = isAlias(key) ? this.#resolve(key) : key;
      if (isScalar(resolved) && resolved.source === '<<' && resolved.type === 'PLAIN') {
        for (const entry of this.#mergedEntries(value, depth + 1))
          if (!merged.has(entry[0])) merged.set(entry[0], entry);
      } else if (isScalar(resolved) && resolved.value !== null) {
        const name = writtenText(resolved);
        own.set(name, [name, key, value]);
      } else {
        this.refuse('a member name must be text', offsetOf(key));
      }
    }
    return [...own.values(), ...[...merged.values()].filter(([name]) => !own.has(name))];
  }

  #mergedEntries(value: unknown, depth: number): readonly (readonly [string, unknown, unknown])[] {
    const source = isAlias(value) ? this.#resolve(value) : value;
    if (++this.#nodes > maxNodes || depth > maxDepth) return [];
    if (isSeq(source)) return source.items.flatMap((item) => this.#mergedEntries(item, depth + 1));
    if (isMap(source)) return this.#entries(source, depth);
    this.refuse('a merge key must name an object', offsetOf(value));
    return [];
  }
}

/** A scalar's text: what was between the quotation marks, or what was written without them. */
function writtenText(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
}

function put(values: Record<string, DocumentValue>, name: string, value: DocumentValue | undefined): void {
  if (value === undefined) return;
  // A member named __proto__ is a member like any other.
  Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
}

function isPlain(value: unknown): value is null | string | number | boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isNull(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function offsetOf(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
}
