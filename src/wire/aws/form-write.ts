import { isPlain, textFromValue } from './plain-text.ts';
import type { Member, Shape, StructureShape } from './shape.ts';
import { type FormStyle, formName, isFlattened, partName } from './wire-name.ts';

/** The parameters of a query request, as a client sends them; `undefined` and `null` members are left out. */
export function formParameters(
  style: FormStyle,
  shape: StructureShape | undefined,
  input: object,
): readonly (readonly [name: string, value: string])[] {
  const parameters: [string, string][] = [];
  if (shape !== undefined) writeStructure(style, shape, input, '', parameters);
  return parameters;
}

type Parameters = [string, string][];

function writeStructure(style: FormStyle, shape: StructureShape, value: object, prefix: string, to: Parameters): void {
  for (const [name, entry] of Object.entries(value)) {
    const member = shape.members.get(name);
    if (member === undefined || entry === undefined || entry === null) continue;
    writeValue(style, member.shape, member, entry, `${prefix}${formName(member, style)}`, to);
  }
}

function writeValue(
  style: FormStyle,
  shape: Shape,
  member: Member,
  value: unknown,
  name: string,
  to: Parameters,
): void {
  if (isPlain(shape)) {
    to.push([name, textFromValue(shape, value, 'date-time')]);
  } else if (shape.type === 'list') {
    const entries = value as readonly unknown[];
    const flat = style === 'ec2Query' || isFlattened(member);
    // EC2 has no way to say that a list is empty.
    if (entries.length === 0 && style === 'awsQuery') to.push([name, '']);
    const stem = flat ? name : `${name}.${partName(shape.member, 'member')}`;
    for (const [i, entry] of entries.entries()) {
      writeValue(style, shape.member.shape, shape.member, entry, `${stem}.${i + 1}`, to);
    }
  } else if (shape.type === 'map') {
    const stem = style === 'ec2Query' || isFlattened(member) ? name : `${name}.entry`;
    for (const [i, [key, entry]] of Object.entries(value as object).entries()) {
      to.push([`${stem}.${i + 1}.${partName(shape.key, 'key')}`, key]);
      const valueName = `${stem}.${i + 1}.${partName(shape.value, 'value')}`;
      writeValue(style, shape.value.shape, shape.value, entry, valueName, to);
    }
  } else {
    writeStructure(style, shape, value as object, `${name}.`, to);
  }
}
