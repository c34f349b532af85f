import { groupAttribute, type InstanceAttribute, trunkAttribute } from '#model';
import { invalidParameter } from '../errors.ts';
import type { InstanceIdentity } from './identity.ts';

/** The attribute of a host of the Fargate pool. */
export const poolAttribute = 'roadstead.pool';
/** The attribute of an ECS Anywhere host. */
export const externalAttribute = 'ecs.capability.external';

/** Custom attributes of one instance. */
export const customAttributeLimit = 10;
const sentAttributeLimit = 1000;

type AttributeInput = { readonly name?: string | undefined; readonly value?: string | undefined };

/** Whether the agent, or Roadstead itself, sets the attribute; users' own may not begin so. */
export function isReservedAttribute(name: string): boolean {
  return name.startsWith('ecs.') || name.startsWith('com.amazonaws.') || name.startsWith('roadstead.');
}

/**
 * The attributes of a registration. Names of capabilities are the agent's business; a user's own keep the rules of
 * PutAttributes: names of 1 to 128 letters, digits, `- _ . / \`, values also with `@ :` and inner spaces, at most ten.
 */
export function registrationAttributes(input: readonly AttributeInput[] | undefined): readonly InstanceAttribute[] {
  const byName = new Map<string, InstanceAttribute>();
  for (const { name = '', value } of input ?? []) {
    if (name === '' || name.length > 128) throw invalidParameter('Attribute names must have 1 to 128 characters.');
    byName.set(name, value === undefined ? { name } : { name, value });
  }
  const attributes = [...byName.values()];
  if (attributes.length > sentAttributeLimit) {
    throw invalidParameter(`At most ${sentAttributeLimit} attributes may be registered.`);
  }
  const custom = attributes.filter((attribute) => !isReservedAttribute(attribute.name));
  if (custom.length > customAttributeLimit) {
    throw invalidParameter(`At most ${customAttributeLimit} custom attributes may be set on a container instance.`);
  }
  for (const attribute of custom) checkCustomAttribute(attribute);
  return attributes;
}

/** Throws InvalidParameterException for a name or value that a user's own attribute may not have. */
export function checkCustomAttribute({ name, value }: InstanceAttribute): void {
  if (!/^[\w.\-/\\]+$/.test(name)) {
    throw invalidParameter(`Invalid attribute name: ${name}`);
  }
  if (value !== undefined && value !== '' && !/^(?! )[\w.\-/\\@: ]{1,128}(?<! )$/.test(value)) {
    throw invalidParameter(`Invalid value for attribute ${name}`);
  }
}

/**
 * The attributes of an instance after a registration: those of its user that it had and its Auto Scaling group, those
 * that were sent, and what the control plane knows of the host. An agent that registers again does not repeat what its
 * user set, and leaves when an attribute it sent is missing from the answer.
 */
export function attributesAfter(
  existing: readonly InstanceAttribute[],
  sent: readonly InstanceAttribute[],
  identity: InstanceIdentity,
  defaultZone: string,
): readonly InstanceAttribute[] {
  const kept = existing.filter(({ name }) => !isReservedAttribute(name) || name === groupAttribute);
  const byName = new Map([...kept, ...sent].map((attribute) => [attribute.name, attribute]));
  const known: InstanceAttribute[] = [
    ...valued('ecs.ami-id', identity.imageId ?? valueIn(existing, 'ecs.ami-id')),
    ...valued('ecs.instance-type', identity.instanceType ?? valueIn(existing, 'ecs.instance-type')),
    ...valued(
      'ecs.availability-zone',
      identity.availabilityZone ?? valueIn(existing, 'ecs.availability-zone') ?? defaultZone,
    ),
    ...valued(trunkAttribute, valueIn(existing, trunkAttribute)),
  ];
  for (const attribute of known) if (!byName.has(attribute.name)) byName.set(attribute.name, attribute);
  return [...byName.values()];
}

function valueIn(attributes: readonly InstanceAttribute[], name: string): string | undefined {
  return attributes.find((attribute) => attribute.name === name)?.value;
}

function valued(name: string, value: string | undefined): InstanceAttribute[] {
  return value === undefined ? [] : [{ name, value }];
}
