import { type Clock, Fault, type Logger, messageOf } from '#base';
import type { HostDocumentKind, HostDocuments } from '#wire/link';
import type { Fabric } from '../fabric/fabric.ts';
import type { HostOverlay } from '../fabric/overlay.ts';
import type { FabricInterface } from '../fabric/plan.ts';
import { FirewallCompiler } from '../firewall/compile.ts';
import type { Firewall } from '../firewall/firewall.ts';
import type { FirewallInput, PublishedPort } from '../firewall/input.ts';
import { Arrivals } from './arrivals.ts';
import { overlayOf } from './overlay-of.ts';

export interface HostNetworkOptions {
  /** The group of this agent's devices. */
  readonly deviceGroup: number;
  /** Where other hosts reach this one; absent: they do not. */
  readonly underlayAddress?: string;
  /** Guard what bridge and host tasks publish; none: it is open. */
  readonly securityGroups: readonly string[];
  /** Whether groups and ACLs hold for what the host itself sends to its tasks. */
  readonly judgesHost: boolean;
}

export interface HostNetworkDeps {
  readonly fabric: Fabric;
  /** A fabric for devices that are marked apart. */
  readonly fabricOf: (owner: string) => Fabric;
  readonly firewall: Firewall;
  readonly overlay: HostOverlay;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The documents of this host, as the agent keeps them. */
export interface NetworkDocuments {
  find<K extends HostDocumentKind>(kind: K, id: string): HostDocuments[K] | undefined;
  all<K extends HostDocumentKind>(kind: K): ReadonlyMap<string, HostDocuments[K]>;
}

const kinds = ['peer', 'vpc', 'subnet', 'group', 'acl', 'interface', 'host-ports'] as const;
/** ms. How long a task waits for the rules of its interface, which come with the task or just before it. */
const rulesPatienceMs = 20_000;

/**
 * This host's part of the network: interfaces of tasks, the rules that hold for them, and the way to other hosts. An
 * interface is only made once its rules are in effect.
 */
export class HostNetwork {
  readonly family = 'network';
  readonly kinds = kinds;
  readonly #options: HostNetworkOptions;
  readonly #deps: HostNetworkDeps;
  readonly #compiler = new FirewallCompiler();
  readonly #arrivals: Arrivals;
  #published: readonly PublishedPort[] = [];
  /** What was applied last, to be applied again when this agent's tasks publish other ports. */
  #latest: { readonly host: string; readonly documents: NetworkDocuments } | undefined;
  #applying: Promise<void> = Promise.resolve();
  /** Tasks' first. */
  readonly #fabrics: Fabric[];

  constructor(options: HostNetworkOptions, deps: HostNetworkDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#fabrics = [deps.fabric];
    this.#arrivals = new Arrivals({ patienceMs: rulesPatienceMs }, deps);
  }

  /** Whether this host can do it all: a task whose groups nobody enforces is never run. */
  async probe(): Promise<{ readonly available: boolean; readonly problems: readonly string[] }> {
    const { fabric, firewall } = this.#deps;
    const [interfaces, rules] = await Promise.all([fabric.probe(), firewall.probe()]);
    const problems = [...interfaces.problems, ...rules];
    return { available: problems.length === 0, problems };
  }

  async attributes(): Promise<readonly { readonly name: string; readonly value: string }[]> {
    const { underlayAddress: value, securityGroups } = this.#options;
    return [
      ...(value === undefined ? [] : [{ name: 'roadstead.underlay-address', value }]),
      ...(securityGroups.length === 0 ? [] : [{ name: 'roadstead.security-groups', value: securityGroups.join(',') }]),
    ];
  }

  start({ containerInstanceArn }: { readonly containerInstanceArn: string }) {
    return {
      apply: (documents: NetworkDocuments): Promise<void> => this.#apply(containerInstanceArn, documents),
      // What was set stays: tasks run on without the agent.
      [Symbol.asyncDispose]: async (): Promise<void> => {},
    };
  }

  /** Waits for the rules of the interface, then makes it. Throws Fault `Network`. */
  attach(task: FabricInterface, pid: number): Promise<void> {
    return this.#attach(this.#deps.fabric, task, pid);
  }

  /** The same for interfaces that are no task's: marked apart, so that whoever has them looks after them alone. */
  beside(owner: string): Pick<HostNetwork, 'probe' | 'attach' | 'detach' | 'reconcile' | 'removeAll'> {
    const fabric = this.#deps.fabricOf(owner);
    this.#fabrics.push(fabric);
    return {
      probe: () => this.probe(),
      attach: (task, pid) => this.#attach(fabric, task, pid),
      detach: (interfaceId) => fabric.detach(interfaceId),
      reconcile: (expected) => fabric.reconcile(expected),
      removeAll: (whose) => fabric.removeAll(whose),
    };
  }

  async #attach(fabric: Fabric, task: FabricInterface, pid: number): Promise<void> {
    if (!(await this.#arrivals.awaited(task.interfaceId))) {
      const { interfaceId } = task;
      throw new Fault('Network', `the rules of ${interfaceId} are not in effect on this host, so it gets no interface`);
    }
    await fabric.attach(task, pid);
  }

  /** Where groups guard the host's ports, they hold for these from now on. */
  publish(ports: readonly PublishedPort[]): void {
    this.#published = ports;
    const latest = this.#latest;
    if (latest === undefined || latest.documents.find('host-ports', latest.host) === undefined) return;
    this.#apply(latest.host, latest.documents).catch((error: unknown) => {
      this.#deps.log.error('ports of this host could not be guarded', { error: messageOf(error) });
    });
  }

  detach(interfaceId: string): Promise<void> {
    return this.#deps.fabric.detach(interfaceId);
  }

  async reconcile(expectedInterfaceIds: readonly string[]): Promise<void> {
    await Promise.all([this.#deps.fabric.reconcile(expectedInterfaceIds), this.#deps.firewall.reassert()]);
  }

  async removeAll(whose: 'own' | 'all'): Promise<void> {
    const { fabric, firewall, overlay } = this.#deps;
    await fabric.removeAll(whose);
    await overlay.remove(whose);
    await firewall.remove(whose);
  }

  /** One at a time: what comes later counts. */
  #apply(host: string, documents: NetworkDocuments): Promise<void> {
    this.#latest = { host, documents };
    const next = this.#applying.catch(() => {}).then(() => this.#applyNow(host, documents));
    this.#applying = next;
    return next;
  }

  async #applyNow(host: string, documents: NetworkDocuments): Promise<void> {
    const { firewall, overlay } = this.#deps;
    const wanted = overlayOf(host, this.#options.underlayAddress, documents);
    const { underlayAddress } = wanted;
    const hostPorts = documents.find('host-ports', host);
    const input: FirewallInput = {
      host,
      deviceGroup: this.#options.deviceGroup,
      vpcs: documents.all('vpc'),
      subnets: documents.all('subnet'),
      groups: documents.all('group'),
      acls: documents.all('acl'),
      interfaces: documents.all('interface'),
      peerAddresses: [...wanted.peers],
      judgesHost: this.#options.judgesHost,
      published: this.#published,
      ...(underlayAddress === undefined ? {} : { underlayAddress }),
      ...(hostPorts === undefined ? {} : { hostPorts }),
    };
    await firewall.apply(this.#compiler.compile(input));
    const local = [...input.interfaces].filter(([, each]) => each.host === host).map(([id]) => id);
    const mtu = await this.#overlayMtu(wanted);
    for (const fabric of this.#fabrics) fabric.limitMtu(mtu);
    this.#arrivals.set(local);
    await overlay.apply(wanted);
  }

  /** Without other hosts nothing is put around packets. */
  async #overlayMtu({ underlayAddress, peers }: ReturnType<typeof overlayOf>): Promise<number | undefined> {
    if (underlayAddress === undefined || peers.size === 0) return undefined;
    try {
      return await this.#deps.overlay.mtu(underlayAddress);
    } catch (error) {
      this.#deps.log.warn('the way to other hosts is not known', { error: messageOf(error) });
      return undefined;
    }
  }
}
