import { hostedZoneArn, type ResourceRecordSet } from '#model';
import { operation } from '../operation.ts';
import { invalidInput } from './errors.ts';
import { limits } from './limits.ts';
import { parseName, sortKey } from './names.ts';
import { compareText, pageLimit, pageOf } from './paging.ts';
import { presentRecordSet } from './present.ts';
import { route53 } from './service.ts';
import { getZone, recordSetsOf, zoneIdFrom } from './zone.ts';

type Position = readonly [name: string, type: string, setIdentifier: string];

/** ListResourceRecordSets: by name from its last label to its first, then by type and set identifier. */
export const ListResourceRecordSets = operation(route53, 'ListResourceRecordSets', {
  authorize: ({ HostedZoneId }) => ({
    action: 'route53:ListResourceRecordSets',
    resource: hostedZoneArn(zoneIdFrom(HostedZoneId)),
  }),
  command: ({ HostedZoneId, StartRecordName, StartRecordType, StartRecordIdentifier, MaxItems }) => ({
    zoneId: zoneIdFrom(HostedZoneId),
    from: positionFrom(StartRecordName, StartRecordType, StartRecordIdentifier),
    limit: pageLimit(MaxItems, limits.recordSetPage),
  }),
  read: (view, { zoneId, from, limit }, ctx) => {
    const sets = recordSetsOf(view, getZone(view, zoneId, ctx)).map((set) => ({ set, at: positionOf(set) }));
    sort(sets);
    const { items, next } = pageOf(sets, ({ at }) => from !== undefined && compare(at, from) < 0, limit);
    return { items: items.map(({ set }) => set), next: next?.set, limit };
  },
  output: ({ items, next, limit }) => ({
    ResourceRecordSets: items.map(presentRecordSet),
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextRecordName: next.name, NextRecordType: next.type }),
    ...(next?.setIdentifier === undefined ? {} : { NextRecordIdentifier: next.setIdentifier }),
    MaxItems: limit,
  }),
});

function positionFrom(
  name: string | undefined,
  type: string | undefined,
  setIdentifier: string | undefined,
): Position | undefined {
  if (name === undefined) {
    if (type === undefined) return undefined;
    throw invalidInput('The input is not valid: a type needs a name.');
  }
  if (setIdentifier !== undefined && type === undefined) {
    throw invalidInput('The input is not valid: an identifier needs a type.');
  }
  const parsed = parseName(name);
  if ('problem' in parsed) throw invalidInput(`FATAL problem: ${parsed.problem} encountered with '${name}'`);
  return [sortKey(parsed.name), type ?? '', setIdentifier ?? ''];
}

function positionOf({ name, type, setIdentifier }: ResourceRecordSet): Position {
  return [sortKey(name), type, setIdentifier ?? ''];
}

function sort(sets: { readonly at: Position }[]): void {
  sets.sort((a, b) => compare(a.at, b.at));
}

function compare(a: Position, b: Position): number {
  return compareText(a[0], b[0]) || compareText(a[1], b[1]) || compareText(a[2], b[2]);
}
