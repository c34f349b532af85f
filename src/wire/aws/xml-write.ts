import { isPlain, textFromValue } from './plain-text.ts';
import type { ListShape, MapShape, Member, Shape, StructureShape } from './shape.ts';
import { isFlattened, partName, xmlName } from './wire-name.ts';
import { escapeXml, textElement } from './xml-text.ts';

/**
 * From values to XML by shape. Members that the shape does not know and members that are `undefined` or `null` are
 * left out; an empty list is an empty element. Timestamps may be Dates or epoch seconds.
 */

/** The elements of a structure's members, without one around them. */
export function writeXmlMembers(shape: StructureShape, value: object): string {
  let result = '';
  for (const [name, entry] of Object.entries(value)) {
    const member = shape.members.get(name);
    if (member === undefined || entry === undefined || entry === null || isAttribute(member)) continue;
    result += writeMember(member.shape, member, xmlName(member), entry);
  }
  return result;
}

/** A whole element of a structure. */
export function writeXmlElement(name: string, shape: StructureShape, value: object, namespace?: string): string {
  const xmlns = namespace === undefined ? '' : ` xmlns="${escapeXml(namespace)}"`;
  const inner = writeXmlMembers(shape, value);
  const open = `${name}${xmlns}${attributesOf(shape, value)}`;
  return inner === '' ? `<${open}/>` : `<${open}>${inner}</${name}>`;
}

/** `entry` as an element `name` with the namespace its member has. */
function writeMember(shape: Shape, member: Member, name: string, entry: unknown): string {
  if (isPlain(shape)) {
    const text = textFromValue(shape, entry, 'date-time');
    const xmlns = namespaceOf(member);
    return xmlns === '' ? textElement(name, text) : `<${name}${xmlns}>${escapeXml(text)}</${name}>`;
  }
  if (shape.type === 'list') return writeList(shape, member, name, entry as readonly unknown[]);
  if (shape.type === 'map') return writeMap(shape, member, name, entry as object);
  const open = `${name}${namespaceOf(member)}${attributesOf(shape, entry as object)}`;
  const inner = writeXmlMembers(shape, entry as object);
  return inner === '' ? `<${open}/>` : `<${open}>${inner}</${name}>`;
}

function writeList(shape: ListShape, member: Member, name: string, entries: readonly unknown[]): string {
  const flat = isFlattened(member);
  const entryName = flat ? name : partName(shape.member, 'member');
  let inner = '';
  for (const entry of entries) {
    if (entry !== undefined && entry !== null) inner += writeMember(shape.member.shape, shape.member, entryName, entry);
  }
  if (flat) return inner;
  return inner === '' ? `<${name}${namespaceOf(member)}/>` : `<${name}${namespaceOf(member)}>${inner}</${name}>`;
}

function writeMap(shape: MapShape, member: Member, name: string, map: object): string {
  const flat = isFlattened(member);
  const entryName = flat ? name : 'entry';
  let inner = '';
  for (const [key, entry] of Object.entries(map)) {
    if (entry === undefined || entry === null) continue;
    const value = writeMember(shape.value.shape, shape.value, partName(shape.value, 'value'), entry);
    inner += `<${entryName}>${textElement(partName(shape.key, 'key'), key)}${value}</${entryName}>`;
  }
  if (flat) return inner;
  return inner === '' ? `<${name}${namespaceOf(member)}/>` : `<${name}${namespaceOf(member)}>${inner}</${name}>`;
}

function isAttribute(member: Member): boolean {
  return member.traits.xmlAttribute !== undefined;
}

function attributesOf(shape: StructureShape, value: object): string {
  let result = '';
  for (const member of shape.members.values()) {
    const entry = isAttribute(member) ? (value as Record<string, unknown>)[member.name] : undefined;
    if (entry === undefined || entry === null || !isPlain(member.shape)) continue;
    result += ` ${xmlName(member)}="${escapeXml(textFromValue(member.shape, entry, 'date-time'))}"`;
  }
  return result;
}

/** `xmlNamespace` is a pair of prefix and address; the prefix may be empty. */
function namespaceOf(member: Member): string {
  const [prefix, address] = (member.traits.xmlNamespace ?? []) as readonly (string | undefined)[];
  if (address === undefined) return '';
  return ` xmlns${prefix === undefined || prefix === '' ? '' : `:${prefix}`}="${escapeXml(address)}"`;
}
