import { operation } from '../operation.ts';
import { invalidDomainName, invalidInput } from './errors.ts';
import { limits } from './limits.ts';
import { parseName, sortKey } from './names.ts';
import { compareText, pageLimit, pageOf } from './paging.ts';
import { presentZone } from './present.ts';
import { anyResource, route53 } from './service.ts';
import { type ShownZone, zoneIdFrom, zonesOf } from './zone.ts';

/** ListHostedZonesByName: by name from its last label to its first, then by id. */
export const ListHostedZonesByName = operation(route53, 'ListHostedZonesByName', {
  authorize: () => ({ action: 'route53:ListHostedZonesByName', resource: anyResource }),
  command: ({ DNSName, HostedZoneId, MaxItems }) => {
    if (HostedZoneId !== undefined && DNSName === undefined) {
      throw invalidInput('DNSName is required where HostedZoneId is given.');
    }
    const parsed = DNSName === undefined ? undefined : parseName(DNSName);
    if (parsed !== undefined && 'problem' in parsed) throw invalidDomainName(DNSName ?? '', parsed.problem);
    return {
      given: { DNSName, HostedZoneId },
      from: parsed === undefined ? undefined : sortKey(parsed.name),
      fromId: HostedZoneId === undefined ? '' : zoneIdFrom(HostedZoneId),
      limit: pageLimit(MaxItems, limits.zonePage),
    };
  },
  read: (view, { given, from, fromId, limit }, { scope }) => {
    const zones = zonesOf(view, scope.accountId).sort(
      (a, b) => compareText(sortKey(a.name), sortKey(b.name)) || compareText(a.hostedZoneId, b.hostedZoneId),
    );
    const isBefore = ({ name, hostedZoneId }: ShownZone): boolean => {
      const key = sortKey(name);
      return from !== undefined && (key < from || (key === from && hostedZoneId < fromId));
    };
    const { items, next } = pageOf(zones, isBefore, limit);
    return { given, limit, next, zones: items.map((zone) => presentZone(zone, view)) };
  },
  output: ({ given, limit, next, zones }) => ({
    HostedZones: zones,
    ...(given.DNSName === undefined ? {} : { DNSName: given.DNSName }),
    ...(given.HostedZoneId === undefined ? {} : { HostedZoneId: given.HostedZoneId }),
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextDNSName: next.name, NextHostedZoneId: next.hostedZoneId }),
    MaxItems: limit,
  }),
});
