import type { ClusterArn, ContainerInstance, InstanceAttribute } from '#model';
import { shortId } from '#model';
import type { Cursor, RoadsteadView } from '#store';
import { decodePageToken, encodePageToken } from '../../page-token.ts';
import { invalidParameter } from '../errors.ts';
import { presentAttribute } from './custom-attributes.ts';

/** The list's kind, in its page tokens. */
const kind = 'ListAttributes';

export interface AttributeListing {
  readonly attributeName?: string;
  readonly attributeValue?: string;
  readonly limit: number;
  readonly after?: AttributePosition;
}

/** Just after an attribute of an instance; the instance is the first one after `cursor`, unless it is gone since. */
export interface AttributePosition {
  readonly cursor: Cursor;
  readonly instanceId: string;
  readonly attributeName: string;
}

export interface AttributePage {
  readonly attributes: readonly ReturnType<typeof presentAttribute>[];
  readonly next?: AttributePosition;
}

/**
 * A page of the attributes of a cluster's instances: instances in order of registration, attributes by name, so that
 * each one that is there all along is shown exactly once whatever is set, deleted or deregistered meanwhile.
 */
export function listAttributes(view: RoadsteadView, clusterArn: ClusterArn, listing: AttributeListing): AttributePage {
  const wanted = (attribute: InstanceAttribute): boolean =>
    (listing.attributeName === undefined || attribute.name === listing.attributeName) &&
    (listing.attributeValue === undefined || attribute.value === listing.attributeValue);
  const filter = (instance: ContainerInstance): boolean =>
    instance.status !== 'INACTIVE' && instance.attributes.some(wanted);
  const attributes: ReturnType<typeof presentAttribute>[] = [];
  let last: AttributePosition | undefined;
  let cursor: Cursor | undefined = listing.after?.cursor ?? 0;
  while (cursor !== undefined) {
    const { records, next } = view.containerInstances.page('cluster', clusterArn, { limit: 1, after: cursor, filter });
    for (const instance of records) {
      const instanceId = shortId(instance.containerInstanceArn);
      for (const attribute of instance.attributes.filter(wanted).sort(byName)) {
        if (isShown(listing.after, instanceId, attribute.name)) continue;
        if (attributes.length === listing.limit && last !== undefined) return { attributes, next: last };
        attributes.push(presentAttribute(instance.containerInstanceArn, attribute));
        last = { cursor, instanceId, attributeName: attribute.name };
      }
    }
    cursor = next;
  }
  return { attributes };
}

/** On an earlier page already. */
function isShown(after: AttributePosition | undefined, instanceId: string, name: string): boolean {
  return after?.instanceId === instanceId && name <= after.attributeName;
}

function byName(one: InstanceAttribute, other: InstanceAttribute): number {
  return one.name < other.name ? -1 : Number(one.name > other.name);
}

export function attributeToken({ cursor, instanceId, attributeName }: AttributePosition): string {
  return encodePageToken(kind, `${cursor} ${instanceId} ${attributeName}`);
}

/** The position in a token; InvalidParameterException `Invalid token.` for anything that is not one of this list. */
export function attributePosition(token: string): AttributePosition {
  const match = /^(\d+) (\S+) (.+)$/.exec(decodePageToken(kind, token));
  if (match === null) throw invalidParameter('Invalid token.');
  const [, cursor, instanceId, attributeName] = match as unknown as [string, string, string, string];
  return { cursor: Number(cursor), instanceId, attributeName };
}
