import { operation } from '../operation.ts';
import { invalidInput } from './errors.ts';
import { limits } from './limits.ts';
import { compareText, pageLimit, pageOf } from './paging.ts';
import { presentZone } from './present.ts';
import { anyResource, route53 } from './service.ts';
import { zoneIdFrom, zonesOf } from './zone.ts';

/** ListHostedZones: by id. */
export const ListHostedZones = operation(route53, 'ListHostedZones', {
  authorize: () => ({ action: 'route53:ListHostedZones', resource: anyResource }),
  command: ({ Marker, MaxItems, DelegationSetId, HostedZoneType }) => {
    if (DelegationSetId !== undefined) throw invalidInput('There are no reusable delegation sets in this Roadstead.');
    return {
      marker: Marker === undefined ? '' : zoneIdFrom(Marker),
      limit: pageLimit(MaxItems, limits.zonePage),
      privateOnly: HostedZoneType === 'PrivateHostedZone',
    };
  },
  read: (view, { marker, limit, privateOnly }, { scope }) => {
    const zones = zonesOf(view, scope.accountId)
      .filter(({ isPrivate }) => isPrivate || !privateOnly)
      .sort((a, b) => compareText(a.hostedZoneId, b.hostedZoneId));
    const { items, next } = pageOf(zones, ({ hostedZoneId }) => hostedZoneId < marker, limit);
    return { marker, limit, next, zones: items.map((zone) => presentZone(zone, view)) };
  },
  output: ({ marker, limit, next, zones }) => ({
    HostedZones: zones,
    Marker: marker,
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextMarker: next.hostedZoneId }),
    MaxItems: limit,
  }),
});
