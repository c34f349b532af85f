import { type Scope, zoneId } from '#model';
import { invalidParameterValue } from './errors.ts';
import { filterTest } from './filters.ts';
import { read } from './service.ts';
import { zonesOf } from './zones.ts';

interface Zone extends Scope {
  readonly name: string;
}

/** DescribeAvailabilityZones: all of them available. */
export const DescribeAvailabilityZones = read('DescribeAvailabilityZones', (input, view, { scope }) => {
  const { ZoneNames = [], ZoneIds = [] } = input;
  const all = zonesOf(view, scope.region).map((name) => ({ ...scope, name }));
  const unknown = ZoneNames.find((name) => all.every((zone) => zone.name !== name));
  if (unknown !== undefined) throw invalidParameterValue(`Invalid availability zone: [${unknown}]`);
  const unknownId = ZoneIds.find((id) => all.every((zone) => zoneId(zone.name) !== id));
  if (unknownId !== undefined) throw invalidParameterValue(`Invalid availability zone-id: [${unknownId}]`);
  const test = filterTest({ filters }, input.Filters);
  const named = ZoneNames.length + ZoneIds.length > 0;
  return {
    AvailabilityZones: all
      .filter((zone) => !named || ZoneNames.includes(zone.name) || ZoneIds.includes(zoneId(zone.name)))
      .filter((zone) => test(zone, view))
      .map(({ name, region }) => ({
        ZoneName: name,
        ZoneId: zoneId(name),
        RegionName: region,
        GroupName: `${region}-zg-1`,
        NetworkBorderGroup: region,
        State: 'available' as const,
        OptInStatus: 'opt-in-not-required' as const,
        ZoneType: 'availability-zone',
        Messages: [],
      })),
  };
});

/** Source: DescribeAvailabilityZones. */
const filters = {
  'group-name': ({ region }: Zone) => `${region}-zg-1`,
  message: () => undefined,
  'opt-in-status': () => 'opt-in-not-required',
  'parent-zone-id': () => undefined,
  'parent-zone-name': () => undefined,
  'region-name': ({ region }: Zone) => region,
  state: () => 'available',
  'zone-id': ({ name }: Zone) => zoneId(name),
  'zone-name': ({ name }: Zone) => name,
  'zone-type': () => 'availability-zone',
};
