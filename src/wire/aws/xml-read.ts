import { isPlain, jsonFromText, wantedText } from './plain-text.ts';
import { assign } from './record.ts';
import type { ListShape, MapShape, Member, Shape, StructureShape } from './shape.ts';
import { isFlattened, NameTable, partName, xmlName } from './wire-name.ts';
import type { XmlElement } from './xml-parse.ts';

/** Text in XML that is not what its shape wants. */
export interface MalformedElement {
  readonly path: string;
  readonly value: string;
  readonly wanted: string;
}

export interface XmlReader {
  /** The element's members as JSON would have them, for the JSON reader to check; unknown elements are passed over. */
  read(shape: StructureShape, element: XmlElement): Record<string, unknown>;
}

/** Reads XML by shape; `refuse` makes the error for text of the wrong form. */
export function createXmlReader(refuse: (found: MalformedElement) => Error): XmlReader {
  const reading = new XmlReading(refuse);
  return { read: (shape, element) => reading.structure(shape, element, '') };
}

class XmlReading {
  readonly #refuse: (found: MalformedElement) => Error;
  readonly #names = new NameTable(xmlName);

  constructor(refuse: (found: MalformedElement) => Error) {
    this.#refuse = refuse;
  }

  structure(shape: StructureShape, element: XmlElement, path: string): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const members = this.#names.of(shape);
    for (const [name, value] of element.attributes) {
      // A prefix of its own (`xsi:type`) is part of the member's name.
      const member = members.get(name);
      if (member?.traits.xmlAttribute === undefined || !isPlain(member.shape)) continue;
      result[member.name] = this.#text(member.shape, value, `${path}/@${name}`);
    }
    const flat = new Map<Member, XmlElement[]>();
    for (const child of element.children) {
      const member = members.get(child.name);
      if (member === undefined) continue;
      if (isFlattened(member)) flat.set(member, [...(flat.get(member) ?? []), child]);
      else result[member.name] = this.#value(member.shape, child, `${path}/${child.name}`);
    }
    for (const [member, children] of flat) {
      result[member.name] = this.#flattened(member.shape, children, `${path}/${xmlName(member)}`);
    }
    return result;
  }

  #value(shape: Shape, element: XmlElement, path: string): unknown {
    if (isPlain(shape)) return this.#text(shape, element.text, path);
    if (shape.type === 'list') {
      const name = partName(shape.member, 'member');
      return this.#list(
        shape,
        element.children.filter((child) => child.name === name),
        path,
      );
    }
    if (shape.type === 'map') {
      return this.#map(
        shape,
        element.children.filter((child) => child.name === 'entry'),
        path,
      );
    }
    return this.structure(shape, element, path);
  }

  #flattened(shape: Shape, elements: readonly XmlElement[], path: string): unknown {
    if (shape.type === 'list') return this.#list(shape, elements, path);
    return shape.type === 'map' ? this.#map(shape, elements, path) : undefined;
  }

  #text(shape: Parameters<typeof jsonFromText>[0], text: string, path: string): unknown {
    const isText = shape.type === 'string' || shape.type === 'document';
    const value = jsonFromText(shape, isText ? text : text.trim(), 'date-time');
    if (value === undefined) throw this.#refuse({ path, value: text, wanted: wantedText(shape) });
    return value;
  }

  #list(shape: ListShape, elements: readonly XmlElement[], path: string): unknown[] {
    return elements.map((element, i) => this.#value(shape.member.shape, element, `${path}/${i + 1}`));
  }

  #map(shape: MapShape, elements: readonly XmlElement[], path: string): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const { children } of elements) {
      const key = children.find((child) => child.name === partName(shape.key, 'key'))?.text;
      const value = children.find((child) => child.name === partName(shape.value, 'value'));
      if (key === undefined || value === undefined) {
        throw this.#refuse({ path, value: '', wanted: 'entries of a key and a value' });
      }
      assign(result, key, this.#value(shape.value.shape, value, `${path}/${key}`));
    }
    return result;
  }
}
