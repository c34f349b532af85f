import { unreachable } from '#base';
import type { Member, Shape, StructureShape } from '#wire/aws';
import type { ShapeNames } from '../documents/index.ts';

/** The member names of a shape, as documents are read by. Structures that contain themselves are followed once. */
export function shapeNames(shape: StructureShape): ShapeNames {
  return namesOf(shape, new Map());
}

function namesOf(shape: Shape, seen: Map<StructureShape, ShapeNames>): ShapeNames {
  switch (shape.type) {
    case 'structure':
    case 'union':
      return structureNames(shape, seen);
    case 'list':
      return { kind: 'list', member: memberNames(shape.member, seen) };
    case 'map':
      return { kind: 'map', value: memberNames(shape.value, seen) };
    case 'string':
    case 'number':
    case 'boolean':
      return { kind: shape.type };
    case 'blob':
    case 'document':
    case 'timestamp':
      return { kind: 'any' };
    default:
      return unreachable(shape);
  }
}

function structureNames(shape: StructureShape, seen: Map<StructureShape, ShapeNames>): ShapeNames {
  const known = seen.get(shape);
  if (known !== undefined) return known;
  const members = new Map<string, ShapeNames>();
  const names: ShapeNames = { kind: 'structure', members };
  seen.set(shape, names);
  for (const [name, member] of shape.members) members.set(name, memberNames(member, seen));
  return names;
}

function memberNames(member: Member, seen: Map<StructureShape, ShapeNames>): ShapeNames {
  return namesOf(member.shape, seen);
}
