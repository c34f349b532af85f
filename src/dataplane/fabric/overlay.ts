import { Fault, type Logger, messageOf } from '#base';
import type { NetworkCommands } from './commands.ts';
import {
  deviceLines,
  forwardingLine,
  type Overlay,
  overlayDevice,
  overlayOverheadBytes,
  overlayProtocol,
  overlaySettings,
  peerLines,
  peerRemoval,
  replyRule,
  routeLine,
  routeRemoval,
  unreachableLine,
  unreachableMetric,
} from './overlay-plan.ts';

export interface OverlayOptions {
  /** Metric of this agent's routes: several agents may share a host, and each touches only its own. */
  readonly metric: number;
}

interface Route {
  readonly dst?: string;
  readonly gateway?: string;
  readonly metric?: number;
  readonly type?: string;
}

const nothing: Overlay = { peers: new Set(), routes: new Map(), unreachable: new Set() };
/** iproute2's words for what is not there. */
const absent = /No such process|No such file|Cannot find device|No such device/i;

/**
 * The way to interfaces on other hosts: one VXLAN device with a fixed entry per host, and a route per interface. What
 * this run did not set itself is read from the kernel first, so that leftovers of earlier runs go.
 */
export class HostOverlay {
  readonly #metric: number;
  readonly #commands: NetworkCommands;
  readonly #log: Logger;
  /** What the kernel has of ours; unknown at first and after a failure. */
  #applied: Overlay | undefined;

  constructor({ metric }: OverlayOptions, deps: { readonly commands: NetworkCommands; readonly log: Logger }) {
    this.#metric = metric;
    this.#commands = deps.commands;
    this.#log = deps.log;
  }

  /** Throws Fault `Network`; may be repeated. */
  async apply(wanted: Overlay): Promise<void> {
    let before = this.#applied ?? (await this.#found());
    const sure = this.#applied !== undefined;
    this.#applied = undefined;
    const { underlayAddress } = wanted;
    if (underlayAddress !== undefined && wanted.peers.size > 0) {
      // With the device its routes and entries went; what an earlier run left of entries is set again.
      if (await this.#ensureDevice(underlayAddress)) before = { ...before, peers: new Set(), routes: new Map() };
      const peers = [...wanted.peers].filter((peer) => !sure || !before.peers.has(peer));
      await this.#commands.bridge(peers.map(forwardingLine));
      await this.#commands.ip(peers.flatMap((peer) => peerLines(peer, this.#metric)));
    }
    await this.#commands.ip(this.#routeChanges(before, wanted));
    await this.#forget([...before.peers].filter((peer) => !wanted.peers.has(peer)));
    if (wanted.peers.size === 0) await this.#removeUnusedDevice();
    this.#applied = wanted;
  }

  /** Takes away all of this agent's, or of every agent's. */
  async remove(whose: 'own' | 'all'): Promise<void> {
    this.#applied = undefined;
    if (whose === 'all') {
      await this.#ifThere(() => this.#commands.ip([`route flush table all proto ${overlayProtocol}`]));
    }
    await this.apply(nothing);
  }

  /** What a packet to another host may have at most. */
  async mtu(underlayAddress: string): Promise<number> {
    const links = (await this.#commands.ipJson(['-4', 'addr', 'show'])) as {
      readonly mtu?: number;
      readonly addr_info?: readonly { readonly local?: string }[];
    }[];
    const link = links.find(({ addr_info: addresses = [] }) =>
      addresses.some(({ local }) => local === underlayAddress),
    );
    if (link?.mtu === undefined)
      throw new Fault('Network', `no device of this host has the address ${underlayAddress}`);
    return link.mtu - overlayOverheadBytes;
  }

  #routeChanges(before: Overlay, wanted: Overlay): string[] {
    const lines: string[] = [];
    for (const cidr of wanted.unreachable) {
      if (!before.unreachable.has(cidr)) lines.push(unreachableLine('replace', cidr, this.#metric));
    }
    for (const [address, peer] of wanted.routes) {
      if (before.routes.get(address) !== peer) lines.push(routeLine(address, peer, this.#metric));
    }
    for (const address of before.routes.keys()) {
      if (!wanted.routes.has(address)) lines.push(routeRemoval(address, this.#metric));
    }
    for (const cidr of before.unreachable) {
      if (!wanted.unreachable.has(cidr)) lines.push(unreachableLine('del', cidr, this.#metric));
    }
    return lines;
  }

  /** Whether the device had to be made. */
  async #ensureDevice(underlayAddress: string): Promise<boolean> {
    const [link] = await this.#links(['-d', 'link', 'show', 'dev', overlayDevice]);
    const made = link?.linkinfo?.info_data?.local !== underlayAddress;
    if (made) {
      if (link !== undefined) await this.#commands.ip([`link del ${overlayDevice}`]);
      await this.#commands.ip(deviceLines(underlayAddress, await this.mtu(underlayAddress)));
      for (const [name, value] of overlaySettings) await this.#commands.sysctl(name, value);
      await this.#commands.sysctl('net/ipv4/ip_forward', '1');
    }
    const rules = await this.#commands.ipJson(['rule', 'show', 'priority', String(replyRule.priority)]);
    if (rules.length === 0) await this.#commands.ip([`rule add ${replyRule.line}`]);
    return made;
  }

  async #links(args: readonly string[]) {
    try {
      return (await this.#commands.ipJson(args)) as {
        readonly linkinfo?: { readonly info_data?: { readonly local?: string } };
      }[];
    } catch (error) {
      if (absent.test(messageOf(error)) || /does not exist/i.test(messageOf(error))) return [];
      throw error;
    }
  }

  /** Of this agent, as the kernel has it. */
  async #found(): Promise<Overlay> {
    const show = (...args: readonly string[]): Promise<readonly Route[]> =>
      this.#commands.ipJson(['-4', 'route', 'show', ...args, 'proto', String(overlayProtocol)]) as Promise<Route[]>;
    const all = await show();
    const ours = all.filter(({ metric }) => metric === this.#metric);
    const refusals = all.filter(
      ({ metric, type }) => type === 'unreachable' && metric === unreachableMetric(this.#metric),
    );
    const replies = await show('table', String(replyRule.priority)).catch(() => []);
    return {
      peers: new Set(replies.filter(({ metric }) => metric === this.#metric).flatMap(({ dst }) => dst ?? [])),
      routes: new Map(ours.flatMap(({ dst, gateway }) => (dst === undefined ? [] : [[dst, gateway ?? '']]))),
      unreachable: new Set(
        refusals.flatMap(({ dst }) => (dst === undefined ? [] : [dst.includes('/') ? dst : `${dst}/32`])),
      ),
    };
  }

  /** Another agent of this host may have done it already. */
  async #forget(peers: readonly string[]): Promise<void> {
    for (const peer of peers) {
      const { ip, bridge } = peerRemoval(peer, this.#metric);
      for (const line of ip) await this.#ifThere(() => this.#commands.ip([line]));
      await this.#ifThere(() => this.#commands.bridge([bridge]));
    }
  }

  async #removeUnusedDevice(): Promise<void> {
    if ((await this.#links(['link', 'show', 'dev', overlayDevice])).length === 0) return;
    const routes = await this.#commands.ipJson(['-4', 'route', 'show', 'table', 'all', 'dev', overlayDevice]);
    if (routes.length > 0) return;
    this.#log.info('no other host is left: the device to them goes', { device: overlayDevice });
    await this.#ifThere(() => this.#commands.ip([`link del ${overlayDevice}`]));
    await this.#ifThere(() => this.#commands.ip([`rule del ${replyRule.line}`]));
  }

  async #ifThere(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!absent.test(messageOf(error))) throw error;
    }
  }
}
