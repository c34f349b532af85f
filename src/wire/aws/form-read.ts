import { entriesOf, type FormNode } from './form.ts';
import { isPlain, jsonFromText, type PlainShape, wantedText } from './plain-text.ts';
import { assign } from './record.ts';
import type { ListShape, MapShape, Member, Shape, StructureShape } from './shape.ts';
import { type FormStyle, formName, isFlattened, NameTable, partName } from './wire-name.ts';

/** A parameter that is not what its shape wants; `name` is the parameter's. */
export interface MalformedParameter {
  readonly name: string;
  readonly value: string | undefined;
  readonly wanted: string;
}

export interface FormReader {
  /**
   * The request as JSON would have it, for the JSON reader to check. Parameters that the shape does not know are
   * passed over: `Action`, `Version` and the signature are among them.
   */
  read(shape: StructureShape | undefined, form: FormNode): Record<string, unknown>;
}

/** Reads query requests; `refuse` makes the error for a parameter of the wrong form. */
export function createFormReader(style: FormStyle, refuse: (parameter: MalformedParameter) => Error): FormReader {
  const reading = new FormReading(style, refuse);
  return { read: (shape, form) => (shape === undefined ? {} : reading.structure(shape, form, '')) };
}

class FormReading {
  readonly #style: FormStyle;
  readonly #refuse: (parameter: MalformedParameter) => Error;
  readonly #names: NameTable;

  constructor(style: FormStyle, refuse: (parameter: MalformedParameter) => Error) {
    this.#style = style;
    this.#refuse = refuse;
    this.#names = new NameTable((member) => formName(member, style));
  }

  structure(shape: StructureShape, node: FormNode, path: string): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const members = this.#names.of(shape);
    for (const [name, child] of node.children) {
      const member = members.get(name);
      if (member !== undefined) result[member.name] = this.#value(member.shape, member, child, joined(path, name));
    }
    return result;
  }

  #value(shape: Shape, member: Member, node: FormNode, path: string): unknown {
    if (isPlain(shape)) return this.#plain(shape, node, path);
    // `Name=` is how a form spells something empty.
    if (node.value !== undefined && node.value !== '' && node.children.size === 0) {
      throw this.#refuse({ name: path, value: node.value, wanted: shape.type === 'union' ? 'structure' : shape.type });
    }
    if (shape.type === 'list') return this.#list(shape, member, node, path);
    return shape.type === 'map' ? this.#map(shape, member, node, path) : this.structure(shape, node, path);
  }

  #plain(shape: PlainShape, node: FormNode, path: string): unknown {
    const value = node.value === undefined ? undefined : jsonFromText(shape, node.value, 'date-time');
    if (value === undefined) throw this.#refuse({ name: path, value: node.value, wanted: wantedText(shape) });
    return value;
  }

  #list(shape: ListShape, member: Member, node: FormNode, path: string): unknown[] {
    const entries = this.#isFlat(member) ? node : node.children.get(partName(shape.member, 'member'));
    if (entries === undefined) return [];
    return entriesOf(entries).map((entry, i) =>
      this.#value(shape.member.shape, shape.member, entry, joined(path, String(i + 1))),
    );
  }

  #map(shape: MapShape, member: Member, node: FormNode, path: string): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const entries = this.#isFlat(member) ? node : node.children.get('entry');
    for (const [i, entry] of entries === undefined ? [] : entriesOf(entries).entries()) {
      const key = entry.children.get(partName(shape.key, 'key'));
      const value = entry.children.get(partName(shape.value, 'value'));
      const at = joined(path, String(i + 1));
      if (key?.value === undefined) throw this.#refuse({ name: at, value: undefined, wanted: 'a key and a value' });
      const read = value === undefined ? null : this.#value(shape.value.shape, shape.value, value, at);
      assign(result, key.value, read);
    }
    return result;
  }

  #isFlat(member: Member): boolean {
    return this.#style === 'ec2Query' || isFlattened(member);
  }
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
