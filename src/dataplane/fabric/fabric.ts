import { Fault, type Logger, messageOf } from '#base';
import type { NetworkCommands } from './commands.ts';
import {
  contains,
  deviceName,
  deviceSettings,
  type FabricInterface,
  hostLines,
  routeLines,
  routeProtocol,
  subnetOf,
  taskLines,
  unreachableLine,
} from './plan.ts';
import { devicePrefix, missingRules, removalOfRules } from './rules.ts';

export interface FabricOptions {
  /** Marks this agent's devices: several agents may share a host, and each touches only its own. */
  readonly owner: string;
  /** The group that this agent's devices are in, by which its packet filter knows them; absent: the default one. */
  readonly deviceGroup?: number;
}

export interface FabricDeps {
  readonly commands: NetworkCommands;
  readonly log: Logger;
}

interface Device {
  readonly name: string;
  readonly owner: string;
}

const defaultMtu = 1500;

/**
 * The network of awsvpc tasks on one host: a routed pair of devices for each task's interface. Every call is
 * idempotent and takes the kernel's state as the truth, never its own memory.
 */
export class Fabric {
  readonly #options: FabricOptions;
  readonly #commands: NetworkCommands;
  readonly #log: Logger;
  /** Subnets whose host-wide routes and rules were set in this run. */
  readonly #subnets = new Set<string>();
  /** Devices of this run. While there is one, no other agent takes the rules away. */
  readonly #held = new Set<string>();
  /** The subnets of earlier runs, and of other agents, are among them. */
  #earlierSubnets = false;
  #mtu: number | undefined;
  #mostMtu: number | undefined;
  #hostWork: Promise<void> = Promise.resolve();

  constructor(options: FabricOptions, deps: FabricDeps) {
    this.#options = options;
    this.#commands = deps.commands;
    this.#log = deps.log;
  }

  /** Whether this host can do it, and if not, what is missing. */
  async probe(): Promise<{ readonly available: boolean; readonly problems: readonly string[] }> {
    const problems = await this.#commands.probe();
    return { available: problems.length === 0, problems };
  }

  /**
   * Gives the namespace of process `pid` the interface, as `eth0`: its address as a /32, a default route by way of the
   * link-local gateway. Throws Fault `Network`.
   */
  async attach(task: FabricInterface, pid: number): Promise<void> {
    const device = deviceName(task.interfaceId);
    const subnet = subnetOf(task.subnetGateway);
    const rulesStand = this.#subnets.has(subnet) && this.#held.size > 0;
    this.#held.add(device);
    this.#subnets.add(subnet);
    if (!rulesStand) await this.#alone(() => this.#setRules());
    this.#mtu ??= await this.#hostMtu();
    const mtu = Math.min(this.#mtu, this.#mostMtu ?? this.#mtu);
    const lines = hostLines(task, pid, { mtu, ...this.#options });
    try {
      await this.#commands.ip(lines);
    } catch (error) {
      if (!/File exists/i.test(messageOf(error))) throw error;
      const there = (await this.#commands.macOf(pid, 'eth0')) === task.macAddress.toLowerCase();
      if (!there) await this.#deleteDevice(device);
      this.#held.add(device);
      await this.#commands.ip(there ? routeLines(task) : lines);
    }
    for (const [name, value] of deviceSettings(device)) await this.#commands.sysctl(name, value);
    await this.#commands.ipIn(pid, taskLines(task));
  }

  /** Interfaces that are made from now on have no larger MTU; those that are there find out by themselves. */
  limitMtu(most: number | undefined): void {
    this.#mostMtu = most;
  }

  /** The device, its route and its neighbour entry go together. */
  async detach(interfaceId: string): Promise<void> {
    await this.#deleteDevice(deviceName(interfaceId));
  }

  /** Removes this agent's devices that are not among the expected, and sets the host's rules where they are missing. */
  async reconcile(expectedInterfaceIds: readonly string[]): Promise<void> {
    const expected = new Set(expectedInterfaceIds.map(deviceName));
    const tidy = async (): Promise<void> => {
      for (const { name, owner } of await this.#devices()) {
        if (owner === this.#options.owner) await this.#regroup(name);
        // A device of this run may be of a task that came after the question; its end is detach.
        if (owner !== this.#options.owner || expected.has(name) || this.#held.has(name)) continue;
        this.#log.info('removes a task interface that no task has', { device: name });
        await this.#deleteDevice(name);
      }
    };
    await Promise.all([tidy(), this.#alone(() => this.#setRules())]);
  }

  /**
   * Removes this agent's devices, or every agent's; with the last device of a subnet its routes, with the last of all
   * the rules.
   */
  async removeAll(whose: 'own' | 'all'): Promise<void> {
    for (const { name, owner } of await this.#devices()) {
      if (whose === 'all' || owner === this.#options.owner) await this.#deleteDevice(name);
    }
    this.#subnets.clear();
    this.#earlierSubnets = false;
    await this.#alone(async () => {
      const addresses = await this.#taskAddresses();
      for (const subnet of await this.#unreachableSubnets()) {
        if (addresses.some((address) => contains(subnet, address))) continue;
        await this.#commands.ip([unreachableLine('del', subnet)]);
      }
      if ((await this.#devices()).length > 0) return;
      const removal = removalOfRules(await this.#commands.saveRules());
      if (removal !== undefined) await this.#commands.restoreRules(removal);
    });
  }

  /** A device of an earlier version is in no group yet. */
  async #regroup(device: string): Promise<void> {
    const { deviceGroup } = this.#options;
    if (deviceGroup === undefined) return;
    try {
      await this.#commands.ip([`link set dev ${device} group ${deviceGroup}`]);
    } catch (error) {
      if (!/Cannot find device/i.test(messageOf(error))) throw error;
    }
  }

  async #setRules(): Promise<void> {
    const ofEarlierRuns = this.#earlierSubnets ? [] : this.#unreachableSubnets();
    const [subnets, saved] = await Promise.all([ofEarlierRuns, this.#commands.saveRules()]);
    for (const subnet of subnets) this.#subnets.add(subnet);
    this.#earlierSubnets = true;
    const missing = missingRules(saved, [...this.#subnets]);
    if (missing !== undefined) await this.#commands.restoreRules(missing);
    await this.#commands.sysctl('net/ipv4/ip_forward', '1');
  }

  /** Host-wide settings are read, then changed: never two such at once. */
  #alone(work: () => Promise<void>): Promise<void> {
    const next = this.#hostWork.catch(() => {}).then(work);
    this.#hostWork = next;
    return next;
  }

  async #devices(): Promise<readonly Device[]> {
    const links = (await this.#commands.ipJson(['link', 'show', 'type', 'veth'])) as {
      readonly ifname?: string;
      readonly ifalias?: string;
    }[];
    return links.flatMap(({ ifname, ifalias }) =>
      ifname?.startsWith(devicePrefix) === true ? [{ name: ifname, owner: ifalias ?? '' }] : [],
    );
  }

  async #deleteDevice(device: string): Promise<void> {
    this.#held.delete(device);
    try {
      await this.#commands.ip([`link del ${device}`]);
    } catch (error) {
      // It went with its namespace in the meantime.
      if (!/Cannot find device/i.test(messageOf(error))) throw error;
    }
  }

  async #taskAddresses(): Promise<readonly string[]> {
    const routes = (await this.#commands.ipJson(['-4', 'route', 'show', 'proto', String(routeProtocol)])) as {
      readonly dst?: string;
      readonly dev?: string;
    }[];
    return routes.flatMap(({ dst, dev }) => (dev === undefined || dst === undefined ? [] : [dst.replace(/\/32$/, '')]));
  }

  async #unreachableSubnets(): Promise<readonly string[]> {
    const args = ['-4', 'route', 'show', 'type', 'unreachable', 'proto', String(routeProtocol)];
    const routes = (await this.#commands.ipJson(args)) as { readonly dst?: string }[];
    return routes.flatMap(({ dst }) => (dst === undefined ? [] : [dst.includes('/') ? dst : `${dst}/32`]));
  }

  /** That of the device of the default route, so that a task's packets fit the way out. */
  async #hostMtu(): Promise<number> {
    const [route] = (await this.#commands.ipJson(['-4', 'route', 'show', 'default'])) as { readonly dev?: string }[];
    if (route?.dev === undefined) return defaultMtu;
    const [link] = (await this.#commands.ipJson(['link', 'show', 'dev', route.dev])) as { readonly mtu?: number }[];
    if (link?.mtu === undefined) throw new Fault('Network', `${route.dev} has no MTU`);
    return link.mtu;
  }
}
