import type { InterfaceDocument } from '#wire/link';
import { deviceName } from '../fabric/plan.ts';
import { aclChains } from './acls.ts';
import { groupChains } from './groups.ts';
import { hostPortPieces } from './host-ports.ts';
import type { FirewallInput, LocalInterface } from './input.ts';
import { listName, pieceName } from './names.ts';
import { publicPieces } from './public.ts';
import { routeChains } from './routes.ts';
import type { Chain, NamedSet, Ruleset } from './ruleset.ts';

/**
 * Makes the whole table of one host: anti-spoofing, network ACLs, security groups and what leaves the VPC, for the
 * interfaces that are here. A pure function of its input; it remembers only what it made of single documents.
 */
export class FirewallCompiler {
  readonly #known = new WeakMap<InterfaceDocument, LocalInterface>();

  compile(input: FirewallInput): Ruleset {
    const local = this.#localInterfaces(input);
    const parts = [
      groupChains(input, local),
      aclChains(input, local),
      routeChains(input, local),
      publicPieces(input, local),
      hostPortPieces(input),
    ];
    return {
      chains: new Map([...baseChains(input), ...parts.flatMap(({ chains }) => chains)]),
      sets: new Map([...baseSets(input, local), ...parts.flatMap(({ sets }) => sets)]),
    };
  }

  #localInterfaces({ interfaces, host }: FirewallInput): LocalInterface[] {
    const local: LocalInterface[] = [];
    for (const [id, body] of interfaces) {
      if (body.host !== host) continue;
      let known = this.#known.get(body);
      if (known === undefined) {
        known = localInterface(id, body);
        this.#known.set(body, known);
      }
      local.push(known);
    }
    return local;
  }
}

function localInterface(id: string, body: InterfaceDocument): LocalInterface {
  const device = `"${deviceName(id)}"`;
  const { groupIds, macAddress, addresses } = body;
  return {
    body,
    device,
    bound: addresses.map((address) => `${device} . ${macAddress.toLowerCase()} . ${address}`),
    egress: listName('e', groupIds),
    ingress: listName('i', groupIds),
  };
}

/**
 * Chains by hook. Their priorities are the order in which a packet is judged: is it who it says; ACL of the source's
 * subnet, ACL of the destination's (stateless both); groups of the source; route table; groups of the destination. All
 * must let it pass, which is why none of them can share a chain with another: `accept` ends a chain.
 */
function baseChains({ deviceGroup, judgesHost }: FirewallInput): [string, Chain][] {
  const from = `iifgroup ${deviceGroup}`;
  const to = `oifgroup ${deviceGroup}`;
  const notFrom = `iifgroup != ${deviceGroup} accept`;
  const notTo = `oifgroup != ${deviceGroup} accept`;
  return [
    ['spoof', filter('prerouting', -300, [notFrom, ...spoofRules])],
    ['acl_forward', filter('forward', -30, [`${from} iifname vmap @acl_out`, `${to} oifname vmap @acl_in`])],
    ['acl_input', filter('input', -30, [`${from} iifname vmap @acl_out`])],
    ['out_forward', filter('forward', -20, [notFrom, tracked, ...egress])],
    ['out_input', filter('input', -20, [notFrom, ...services, tracked, ...egress])],
    ['way', filter('forward', -15, [`${from} oifname != "rs*" ct state new iifname vmap @ways`])],
    ['in_forward', filter('forward', -10, [notTo, tracked, ...ingress])],
    ...(judgesHost ? hostChains(to, notTo) : []),
  ];
}

/** What the host itself sends to its tasks: as from any address outside of the VPC. */
function hostChains(to: string, notTo: string): [string, Chain][] {
  return [
    ['acl_output', filter('output', -30, [`${to} oifname vmap @acl_in`])],
    ['in_output', filter('output', -10, [notTo, tracked, ...ingress])],
  ];
}

const tracked = 'ct state established,related accept';
const egress = ['iifname vmap @egress', 'drop'];
const ingress = ['oifname vmap @ingress', 'drop'];
/** A task sends as itself: from its own device, hardware address and addresses. */
const spoofRules = [
  'meta nfproto ipv6 drop',
  'iifname @unchecked accept',
  'iifname . ether saddr . ip saddr @bound accept',
  'drop',
];
/** DNS, time, metadata and credentials: no group has a say there. */
const services = [
  'ip daddr 169.254.0.0/16 accept',
  'ip daddr @resolvers accept',
  'ct original ip daddr @resolvers accept',
];

function baseSets({ vpcs, peerAddresses }: FirewallInput, local: readonly LocalInterface[]): [string, NamedSet][] {
  const unchecked = local.filter(({ body }) => !body.sourceDestCheck).map(({ device }) => device);
  const resolvers = [...vpcs.values()].flatMap(({ resolverAddress }) => resolverAddress ?? []);
  return [
    [
      'bound',
      setOf(
        'ifname . ether_addr . ipv4_addr',
        local.flatMap(({ bound }) => bound),
      ),
    ],
    ['unchecked', setOf('ifname', unchecked)],
    ['resolvers', setOf('ipv4_addr', resolvers)],
    ['peers', setOf('ipv4_addr', peerAddresses)],
    ['egress', verdicts(local, (each) => each.egress)],
    ['ingress', verdicts(local, (each) => each.ingress)],
    ['acl_out', verdicts(local, ({ body }) => pieceName('so', body.subnetId))],
    ['acl_in', verdicts(local, ({ body }) => pieceName('si', body.subnetId))],
    ['ways', verdicts(local, ({ body }) => pieceName('w', body.subnetId))],
  ];
}

function filter(hook: string, priority: number, rules: readonly string[]): Chain {
  return { base: `type filter hook ${hook} priority ${priority}; policy accept;`, rules };
}

function setOf(type: string, elements: readonly string[]): NamedSet {
  return { kind: 'set', type: `type ${type}`, elements: new Map(elements.map((element) => [element, ''])) };
}

function verdicts(local: readonly LocalInterface[], chainOf: (each: LocalInterface) => string): NamedSet {
  const elements = new Map(local.map((each) => [each.device, `jump ${chainOf(each)}`]));
  return { kind: 'map', type: 'type ifname : verdict', elements };
}
