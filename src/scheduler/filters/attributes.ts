import { attributeValue, type RequiredAttribute } from '#model';
import { maxNamedAttributes } from '../limits.ts';
import type { HostView, Refusal } from '../types.ts';
import type { Filter } from './filter.ts';

/** Every required attribute is there, and with the required value where one is required. */
export function attributes(required: readonly RequiredAttribute[]): Filter {
  const byName = Map.groupBy(required, ({ name }) => name);
  return (host) => (countMet(host, byName) === required.length ? undefined : refusal(host, required));
}

/** One pass over the attributes of the host, which holds each name once and far more of them than are required. */
function countMet(host: HostView, byName: ReadonlyMap<string, readonly RequiredAttribute[]>): number {
  if (byName.size === 0) return 0;
  let met = 0;
  for (const attribute of host.attributes) {
    for (const { value } of byName.get(attribute.name) ?? []) {
      if (value === undefined || value === (attribute.value ?? '')) met++;
    }
  }
  return met;
}

function refusal(host: HostView, required: readonly RequiredAttribute[]): Refusal | undefined {
  const lacks: string[] = [];
  for (const { name, value } of required) {
    const found = attributeValue(host, name);
    if (found === undefined) lacks.push(`attribute ${name} is missing`);
    else if (value !== undefined && found !== value) lacks.push(`attribute ${name} is "${found}", not "${value}"`);
  }
  // A host that holds a name twice lacks nothing for it.
  if (lacks.length === 0) return undefined;
  const named = lacks.slice(0, maxNamedAttributes).join(', ');
  const more = lacks.length - maxNamedAttributes;
  return { reason: 'ATTRIBUTE', detail: more > 0 ? `${named} and ${more} more` : named };
}
