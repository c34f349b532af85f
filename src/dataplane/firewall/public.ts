import { overlayDevice } from '../fabric/overlay-plan.ts';
import type { FirewallInput, LocalInterface } from './input.ts';
import type { Pieces } from './pieces.ts';
import type { Chain, NamedSet } from './ruleset.ts';

/** The first two bytes of addresses that no network routes: an installation without a range of its own gives these. */
const localPublic = /^198\.1[89]\./;

/**
 * Public addresses: they lead to their interface, on whatever host, and are put on what it sends to the outside. One
 * that no network routes is good for reaching the interface from hosts and tasks alone; what leaves has the host's own.
 */
export function publicPieces(input: FirewallInput, local: readonly LocalInterface[]): Pieces {
  const reached = [...input.interfaces.values()].flatMap(({ publicAddress, addresses: [address], host }) =>
    publicAddress === undefined || address === undefined || host === undefined
      ? []
      : [[publicAddress, address] as const],
  );
  const leaving = local.flatMap(({ body: { publicAddress, addresses } }) =>
    publicAddress === undefined || localPublic.test(publicAddress)
      ? []
      : addresses.map((address) => [address, publicAddress] as const),
  );
  return {
    chains: [
      ['public_in', nat('prerouting', -105, ['dnat ip to ip daddr map @public_in'])],
      ['public_here', nat('output', -105, ['dnat ip to ip daddr map @public_in'])],
      [
        'public_out',
        nat('postrouting', 95, [...turned(input), 'oifname != "rs*" snat ip to ip saddr map @public_out']),
      ],
      ['replies', { base: 'type filter hook prerouting priority -150; policy accept;', rules: [replyRule] }],
      ['sent_replies', { base: 'type filter hook postrouting priority -150; policy accept;', rules: [sentReplyRule] }],
    ],
    sets: [
      ['public_in', addressMap(reached)],
      ['public_out', addressMap(leaving)],
    ],
  };
}

/** An answer to what another host sent of itself goes back the way it came: the mark chooses the route (overlay-plan.ts). */
const replyRule =
  'iifname "rs*" ct direction reply ip daddr @peers meta mark set meta mark and 0x00ffffff or 0x52000000';

/** The packet that is put around it goes by the main routes, and would take the mark over. */
const sentReplyRule = `oifname "${overlayDevice}" meta mark and 0xff000000 == 0x52000000 meta mark set meta mark and 0x00ffffff`;

/** What this host led on to an interface elsewhere must come back here, to be turned back. */
function turned({ underlayAddress, vpcs }: FirewallInput): string[] {
  const cidrs = [...vpcs.values()].flatMap((vpc) => vpc.cidrs);
  if (underlayAddress === undefined || cidrs.length === 0) return [];
  return [
    `oifname "${overlayDevice}" ct status dnat ip saddr != { ${cidrs.join(', ')} } snat ip to ${underlayAddress}`,
  ];
}

function nat(hook: string, priority: number, rules: readonly string[]): Chain {
  return { base: `type nat hook ${hook} priority ${priority}; policy accept;`, rules };
}

function addressMap(pairs: readonly (readonly [string, string])[]): NamedSet {
  return { kind: 'map', type: 'type ipv4_addr : ipv4_addr', elements: new Map(pairs) };
}
