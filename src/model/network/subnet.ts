import type { Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';

export interface Subnet extends Scope {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
  /** The one of its zone that is used when none is named. Absent: whether its VPC is the default one. */
  readonly defaultForAz?: boolean;
  /** Absent: as `defaultForAz`. */
  readonly mapPublicIpOnLaunch?: boolean;
  /** Names of instances launched in it: kept and told of. Absent: `ip-name`. */
  readonly hostnameType?: 'ip-name' | 'resource-name';
  readonly resourceNameDnsARecord?: boolean;
  readonly tags?: readonly Tag[];
}

/** The zones of every region, by letter. */
export const zoneLetters = ['a', 'b', 'c'] as const;

export function zoneNames(region: string): readonly string[] {
  return zoneLetters.map((letter) => `${region}${letter}`);
}

const directions: Readonly<Record<string, string>> = {
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  central: 'c',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
};

/** The zone's id, the same in all accounts: `use1-az1` for `us-east-1a`. */
export function zoneId(zoneName: string): string {
  const [, region = '', letter = 'a'] = /^(.*\d)([a-z])$/.exec(zoneName) ?? [];
  const [number = '1', direction = '', ...place] = region.split('-').reverse();
  const short = `${place.reverse().join('')}${directions[direction] ?? direction}${number}`;
  return `${short}-az${letter.charCodeAt(0) - 'a'.charCodeAt(0) + 1}`;
}
