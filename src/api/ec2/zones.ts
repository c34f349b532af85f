import { attributeValue, type Scope, zoneId, zoneNames } from '#model';
import type { RoadsteadView } from '#store';
import { invalidParameterValue, missingParameter } from './errors.ts';

/** The Availability Zones of a region: three, and those that hosts say they are in. */
export function zonesOf(view: RoadsteadView, region: string): readonly string[] {
  const zones = new Set(zoneNames(region));
  for (const host of view.containerInstances.all()) {
    const zone = attributeValue(host, 'ecs.availability-zone');
    if (zone !== undefined && zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length))) zones.add(zone);
  }
  return [...zones].sort();
}

/** The zone that a request names, or gives the id of. */
export function requireZone(
  view: RoadsteadView,
  { region }: Scope,
  given: { readonly name: string | undefined; readonly id: string | undefined },
): string {
  const zones = zonesOf(view, region);
  const named = given.name ?? given.id;
  if (named === undefined) throw missingParameter('availabilityZone');
  const found = zones.find((zone) => (given.name === undefined ? zoneId(zone) === given.id : zone === given.name));
  if (found !== undefined) return found;
  throw invalidParameterValue(
    `Value (${named}) for parameter availabilityZone is invalid. Subnets can currently only be created in the ` +
      `following availability zones: ${zones.join(', ')}.`,
  );
}
