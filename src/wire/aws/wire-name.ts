import type { Member, StructureShape } from './shape.ts';

/**
 * What members are called where they are not called by their own names: in query requests and in XML. Traits say it,
 * each protocol in its own way (Smithy: "awsQuery", "ec2Query", "XML bindings").
 */
export type FormStyle = 'awsQuery' | 'ec2Query';

/** A member in a query request. EC2's names begin with a capital letter. */
export function formName(member: Member, style: FormStyle): string {
  const xmlName = xmlNameOf(member) ?? member.name;
  if (style === 'awsQuery') return xmlName;
  const { ec2QueryName } = member.traits;
  return typeof ec2QueryName === 'string' ? ec2QueryName : xmlName.charAt(0).toUpperCase() + xmlName.slice(1);
}

/** A member of a structure in XML. */
export function xmlName(member: Member): string {
  return xmlNameOf(member) ?? member.name;
}

/** What a list calls each of its entries, a map its keys and values. */
export function partName(part: Member, otherwise: 'member' | 'key' | 'value'): string {
  return xmlNameOf(part) ?? otherwise;
}

/** Whether a list or map has no element of its own around its entries. */
export function isFlattened(member: Member): boolean {
  return member.traits.xmlFlattened !== undefined;
}

function xmlNameOf(member: Member): string | undefined {
  return typeof member.traits.xmlName === 'string' ? member.traits.xmlName : undefined;
}

/** The members of structures by what they are called; made once per structure. */
export class NameTable {
  readonly #nameOf: (member: Member) => string;
  readonly #tables = new WeakMap<StructureShape, ReadonlyMap<string, Member>>();

  constructor(nameOf: (member: Member) => string) {
    this.#nameOf = nameOf;
  }

  of(shape: StructureShape): ReadonlyMap<string, Member> {
    const known = this.#tables.get(shape);
    if (known !== undefined) return known;
    const made = new Map([...shape.members.values()].map((member) => [this.#nameOf(member), member]));
    this.#tables.set(shape, made);
    return made;
  }
}
