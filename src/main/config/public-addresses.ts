import { Fault } from '#base';
import { parseCidr } from '#model';
import type { PublicAddresses } from '#network';

/** The ranges named on a command line. Fault `BadPublicAddresses` for one that is none. */
export function publicAddressesFrom(cidrBlocks: readonly string[]): PublicAddresses {
  const bad = cidrBlocks.find((block) => parseCidr(block) === undefined);
  if (bad === undefined) return { cidrBlocks };
  throw new Fault('BadPublicAddresses', `${bad} is no range of IPv4 addresses. Give CIDR blocks: 203.0.113.16/28.`);
}
