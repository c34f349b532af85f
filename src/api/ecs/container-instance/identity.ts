import type { Ids } from '#base';

/**
 * What an instance identity document says. Here it is a claim, not a proof: agents of every host write it themselves,
 * and its signature is not looked at. Source: "Instance identity documents" in the EC2 user guide.
 */
export interface InstanceIdentity {
  readonly instanceId?: string;
  readonly instanceType?: string;
  readonly imageId?: string;
  readonly availabilityZone?: string;
}

const members = ['instanceId', 'instanceType', 'imageId', 'availabilityZone'] as const;

/** Reads a document; an empty or unreadable one (ECS Anywhere, hosts without metadata) says nothing. */
export function instanceIdentity(document: string | undefined): InstanceIdentity {
  const parsed = parsedObject(document);
  const identity: { -readonly [K in keyof InstanceIdentity]: InstanceIdentity[K] } = {};
  for (const member of members) {
    const value = parsed?.[member];
    if (typeof value === 'string' && value !== '' && value.length <= 128) identity[member] = value;
  }
  return identity;
}

/**
 * The EC2 instance id of a host, or the managed instance id (`mi-…`) of an external one: the document's, in the form
 * that fits, else a fresh one.
 */
export function instanceIdFor(identity: InstanceIdentity, external: boolean, ids: Ids): string {
  const prefix = external ? 'mi' : 'i';
  const hex = /^(?:i|mi)-([0-9a-f]{8,17})$/.exec(identity.instanceId ?? '')?.[1];
  return `${prefix}-${hex ?? ids.hex(17)}`;
}

function parsedObject(document: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(document ?? '');
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
