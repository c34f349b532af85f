import { addressData, soaOf } from './rdata.ts';
import type { Answer } from './response.ts';
import { rcodes, recordTypes } from './types.ts';
import type { Asker } from './zones.ts';

/** Interfaces by address: whose VPC it is. */
export interface Interfaces {
  vpcOf(address: string): string | undefined;
  /** Of names of interfaces: `<region>.compute.internal`, or `ec2.internal` in the oldest region. */
  readonly domain: string;
}

const ttl = 60;
const domain = /(?:^|\.)(ec2\.internal|[a-z0-9-]+\.compute\.internal|compute\.internal)$/;
const addressName = /^ip-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})\.(ec2\.internal|([a-z0-9-]+)\.compute\.internal)$/;
const reverseName = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/;

/**
 * The names that every interface has: `ip-10-0-0-4.<region>.compute.internal` and its way back. They exist nowhere else,
 * so what is not here is nowhere. `undefined` for all other names. Source: "DNS attributes for your VPC".
 */
export function internalAnswer(
  interfaces: Interfaces,
  asked: { readonly name: string; readonly key: string; readonly type: number },
  asker: Asker,
): Answer | undefined {
  const reversed = reversedAddress(asked.key);
  if (reversed !== undefined) return reverseAnswer(interfaces, reversed, asked, asker);
  const internal = domain.exec(asked.key)?.[1];
  if (internal === undefined) return undefined;
  const address = addressName.exec(asked.key)?.slice(1, 5).join('.');
  const known = address !== undefined && isKnown(interfaces, address, asker);
  const data = known && asked.type === recordTypes.A ? addressData(address) : undefined;
  if (data !== undefined) {
    const answers = [{ name: asked.name, type: recordTypes.A, ttl, data }];
    return { rcode: rcodes.NOERROR, answers, authority: [] };
  }
  return nothing(internal, known);
}

function isKnown(interfaces: Interfaces, address: string, asker: Asker): boolean {
  const vpcId = interfaces.vpcOf(address);
  return vpcId !== undefined && (asker === 'host' || asker.vpcId === vpcId);
}

/** Of an interface's address; others' are somebody else's to tell. */
function reverseAnswer(
  interfaces: Interfaces,
  address: string,
  asked: { readonly name: string; readonly type: number },
  asker: Asker,
): Answer | undefined {
  if (!isKnown(interfaces, address, asker)) return undefined;
  if (asked.type !== recordTypes.PTR) return nothing('in-addr.arpa', true);
  const name = `ip-${address.replaceAll('.', '-')}.${interfaces.domain}`;
  const data = { bytes: new Uint8Array(0), name, compress: true };
  return { rcode: rcodes.NOERROR, answers: [{ name: asked.name, type: recordTypes.PTR, ttl, data }], authority: [] };
}

function nothing(zone: string, known: boolean): Answer {
  const authority = [{ name: zone, type: recordTypes.SOA, ttl, data: soaOf(zone, ttl) }];
  return { rcode: known ? rcodes.NOERROR : rcodes.NXDOMAIN, answers: [], authority };
}

/** The address that a question for a name by its address is about. */
function reversedAddress(key: string): string | undefined {
  const [, d, c, b, a] = reverseName.exec(key) ?? [];
  return a === undefined ? undefined : `${a}.${b}.${c}.${d}`;
}
