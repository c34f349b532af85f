import { type Cidr, formatIpv4, parseCidr, sizeOf } from '#model';
import type { RoadsteadView } from '#store';

/** Where the installation's public addresses come from: CIDR blocks; none: there are no public addresses. */
export interface PublicAddresses {
  readonly cidrBlocks: readonly string[];
}

/** A public address that nothing has; `undefined` when there is none left. Lowest first. */
export function choosePublicAddress(
  view: Pick<RoadsteadView, 'elasticIps' | 'networkInterfaces'>,
  { cidrBlocks }: PublicAddresses,
): string | undefined {
  const isFree = (address: string): boolean =>
    view.elasticIps.count('address', address) === 0 && view.networkInterfaces.count('publicAddress', address) === 0;
  for (const block of cidrBlocks) {
    const range = parseCidr(block);
    const found = range === undefined ? undefined : firstFree(range, isFree);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of more than two addresses the first and the last are no host's. */
function firstFree(range: Cidr, isFree: (address: string) => boolean): string | undefined {
  const size = sizeOf(range);
  const [first, last] = size > 2 ? [1, size - 2] : [0, size - 1];
  for (let offset = first; offset <= last; offset++) {
    const address = formatIpv4(range.base + offset);
    if (isFree(address)) return address;
  }
  return undefined;
}

/** Whether the address is of a range, and no other interface or allocation has it. */
export function isPublicAddress({ cidrBlocks }: PublicAddresses, address: string): boolean {
  return cidrBlocks.some((block) => {
    const range = parseCidr(block);
    const given = parseCidr(`${address}/32`);
    return (
      range !== undefined && given !== undefined && given.base >= range.base && given.base < range.base + sizeOf(range)
    );
  });
}
