import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { type Clock, type Logger, messageOf, type Timer } from '#base';
import type { BalancerNodeReport, TargetDocument, TargetHealthReport } from '#wire/link';
import {
  ask,
  askAll,
  HaproxyEvents,
  HaproxyProcess,
  makeEventPipe,
  type RunningServers,
  readServers,
  serverChanges,
} from '../haproxy/index.ts';
import type { NodeDocuments } from './documents.ts';
import { HealthChecker } from './health/checker.ts';
import { knownKey, readHealth, writeHealth } from './health/known.ts';
import { type Health, inService } from './health/state.ts';
import { TunnelDialer } from './health/tunnel.ts';
import { AccessLog } from './logs/access-log.ts';
import { ensureNamespace, type NodeNetwork, namespacePath, removeNamespace } from './namespaces.ts';
import { Forwarding } from './nlb/forwarding.ts';
import { removeReturnPath, returnPathPossible, setReturnPath } from './nlb/return-path.ts';
import { type Places, type RenderedConfiguration, renderConfiguration } from './render/configuration.ts';
import { backendName, serverName } from './render/names.ts';

export interface NodeOptions {
  /** Everything of the node's is in here. */
  readonly directory: string;
  /** As whom HAProxy works once it has opened what it needs. */
  readonly userId: number;
  readonly groupId: number;
  readonly threads: number;
  /** Where access logs go. */
  readonly spool: string;
  /** Between two reloads, ms; absent: a second. */
  readonly reloadMs?: number;
}

export interface NodeDeps {
  readonly network: NodeNetwork;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onHealth: (report: TargetHealthReport) => void;
  /** What it serves, each time anew, or why nothing. */
  readonly onServing: (serving: Pick<BalancerNodeReport, 'listenerArns' | 'digest' | 'problem'>) => void;
  /** Listeners of the node's that cannot be served, by their ARN: all of them, each time. */
  readonly onProblems: (problems: ReadonlyMap<string, string>) => void;
}

/** Between two reloads, ms: each leaves a process behind until its connections have ended. */
const reloadMs = 1_000;
/** How often a node looks whether all is as it should be, ms. */
const lookMs = 2_000;
/** Attempts to find out which lines HAProxy refuses. */
const mostChecks = 12;

/**
 * One node of a load balancer on this host: its namespace and interface, its HAProxy, what the kernel forwards, and the
 * checks of its targets. Level-triggered: every pass compares what is with what the documents and the checks say.
 */
export class BalancerNode {
  readonly #options: NodeOptions;
  readonly #deps: NodeDeps;
  readonly #places: Places;
  readonly #namespace: string;
  readonly #interfaceId: string;
  readonly #haproxy: HaproxyProcess;
  readonly #dialer: TunnelDialer;
  readonly #checker: HealthChecker;
  readonly #forwarding: Forwarding;
  readonly #accessLog: AccessLog;
  #documents: NodeDocuments;
  #events: HaproxyEvents | undefined;
  #known: ReadonlyMap<string, Health> | undefined;
  #attached = '';
  #servers: RunningServers | undefined;
  /** What HAProxy refused of the configuration that runs, by listener. */
  #refused = new Map<string, string>();
  #savedHealth = '';
  /** Servers whose open requests were given up. */
  #doubted: ReadonlySet<string> = new Set();
  /** Whether targets see addresses of clients. */
  #keeping: boolean | undefined;
  #reloadedAtMs = Number.NEGATIVE_INFINITY;
  /** Whether it serves: its last pass made everything as it should be. */
  #up = false;
  /** Of the document that new connections meet. */
  #digest: string | undefined;
  #wanted = false;
  #passes: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;
  #ended = false;

  constructor(options: NodeOptions, documents: NodeDocuments, deps: NodeDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#documents = documents;
    this.#interfaceId = documents.interface.interfaceId;
    this.#namespace = namespacePath(this.#interfaceId);
    const { directory, userId, groupId, threads } = options;
    this.#places = {
      files: `${directory}/files`,
      adminSocket: `${directory}/sockets/admin`,
      checkSocket: `${directory}/sockets/checks`,
      userId,
      groupId,
      threads,
    };
    const { adminSocket } = this.#places;
    this.#haproxy = new HaproxyProcess(
      { directory, namespace: this.#namespace, adminSocket, events: `${directory}/events` },
      deps,
    );
    this.#dialer = new TunnelDialer(this.#places.checkSocket);
    this.#forwarding = new Forwarding(this.#namespace);
    this.#accessLog = new AccessLog(
      { current: `${directory}/access.log`, spool: options.spool, address: documents.interface.address },
      deps,
    );
    this.#checker = new HealthChecker({
      dialer: this.#dialer,
      clock: deps.clock,
      log: deps.log,
      onChange: (report) => {
        deps.onHealth(report);
        this.#wake();
      },
      onDoubt: () => this.#wake(),
    });
  }

  get address(): string {
    return this.#documents.interface.address;
  }

  get balancerArn(): string {
    return this.#documents.balancerArn;
  }

  update(documents: NodeDocuments): void {
    this.#documents = documents;
    this.#wake();
  }

  /**
   * What is known of every target that the documents have now, also of those that it has yet to begin with: who replaces
   * targets must not take another node's word for this one. Nothing while it is not up: it sends nobody anything then.
   */
  reports(): readonly TargetHealthReport[] {
    return this.#up ? this.#checker.reports(this.#documents.targetGroups) : [];
  }

  /** Resolves once what was asked for so far has been tried. */
  async settled(): Promise<void> {
    while (this.#wanted) await this.#passes;
    await this.#passes;
  }

  /** Stops looking after it; everything goes on. */
  async leave(): Promise<void> {
    this.#ended = true;
    this.#timer?.cancel();
    this.#checker.close();
    await this.#passes;
    await this.#events?.[Symbol.asyncDispose]();
  }

  /** Takes it away. */
  async end(): Promise<void> {
    await this.leave();
    const { balancerArn, balancer } = this.#documents;
    await this.#accessLog.finish(balancerArn, balancer);
    await endNode(this.#options.directory, this.#interfaceId, this.#deps);
  }

  #wake(): void {
    if (this.#wanted || this.#ended) return;
    this.#wanted = true;
    this.#passes = this.#passes.then(async () => {
      this.#wanted = false;
      if (this.#ended) return;
      this.#timer?.cancel();
      let againMs = lookMs;
      try {
        againMs = await this.#pass();
      } catch (error) {
        this.#isDown(messageOf(error));
        this.#servers = undefined;
        this.#attached = '';
        this.#keeping = undefined;
        this.#deps.log.warn('a load balancer is not as it should be', {
          balancer: this.#documents.balancer.name,
          error: messageOf(error),
        });
      }
      if (!this.#ended) this.#timer = this.#deps.clock.setTimer(againMs, () => this.#wake());
    });
  }

  /** Gives when to look again, in ms. */
  async #pass(): Promise<number> {
    const documents = this.#documents;
    await this.#prepare(documents);
    const configuration = this.#render(documents);
    const generation = generationOf(configuration);
    const running = await this.#haproxy.generation();
    if (running === undefined && this.#up) {
      this.#digest = undefined;
      this.#isDown('HAProxy does not run');
    }
    const restMs = this.#reloadedAtMs + (this.#options.reloadMs ?? reloadMs) - this.#deps.clock.monotonicMs();
    if (running !== generation && running !== undefined && restMs > 0) return restMs;
    if (running === generation) await this.#haproxy.swapCertificates(configuration.files);
    else await this.#load(documents, configuration, generation);
    this.#deps.onProblems(new Map([...configuration.problems, ...this.#refused]));
    await this.#followServers(configuration);
    await this.#forward(documents);
    // Checks leave by HAProxy, so they begin once it is there.
    this.#checker.watch(documents.targetGroups, (arn, target) => this.#known?.get(knownKey(arn, target)));
    this.#isUp(documents);
    await this.#rememberHealth();
    await this.#accessLog.flush(documents.balancerArn, documents.balancer);
    return lookMs;
  }

  #isUp({ balancer }: NodeDocuments): void {
    this.#digest = balancer.digest;
    this.#tellServing({ listenerArns: balancer.listeners.map(({ listenerArn }) => listenerArn) });
    if (this.#up) return;
    this.#up = true;
    for (const report of this.reports()) this.#deps.onHealth(report);
  }

  #isDown(problem: string): void {
    this.#up = false;
    this.#tellServing({ listenerArns: [], problem });
  }

  /** What ran before goes on running while something better fails: then its digest is still true. */
  #tellServing(serving: Pick<BalancerNodeReport, 'listenerArns' | 'problem'>): void {
    this.#deps.onServing({ ...serving, ...(this.#digest === undefined ? {} : { digest: this.#digest }) });
  }

  /** Namespace, interface, folders, and the pipe that HAProxy tells events to. */
  async #prepare(documents: NodeDocuments): Promise<void> {
    const { directory, groupId } = this.#options;
    const attached = JSON.stringify(documents.interface);
    if (this.#attached !== attached) {
      await mkdir(`${directory}/sockets`, { recursive: true, mode: 0o711 });
      await chmod(directory, 0o711);
      await chown(`${directory}/sockets`, process.getuid?.() ?? 0, groupId);
      await chmod(`${directory}/sockets`, 0o750);
      await writeFile(`${directory}/interface`, this.#interfaceId, { mode: 0o600 });
      await ensureNamespace(documents.interface, this.#deps.network);
      await makeEventPipe(`${directory}/events`);
      this.#known ??= await readHealth(directory);
      this.#attached = attached;
    }
    this.#events ??= HaproxyEvents.read(`${directory}/events`, {
      onCheck: (id, ending) => this.#dialer.told(id, ending),
      onAccess: (line) => this.#accessLog.add(line),
    });
  }

  #render(documents: NodeDocuments, broken: Broken = noneBroken): RenderedConfiguration {
    const { targetGroups, certificates, availabilityZone } = documents;
    const serving = new Map([...targetGroups].map(([arn, group]) => [arn, inService(group, this.#healthOf(arn))]));
    const balancer = {
      ...documents.balancer,
      listeners: documents.balancer.listeners.filter(({ listenerArn }) => !broken.listeners.has(listenerArn)),
    };
    return renderConfiguration({
      balancer,
      address: this.address,
      availabilityZone,
      targetGroups,
      certificates,
      inService: (arn, target) => serving.get(arn)?.has(target) === true,
      places: this.#places,
      broken: broken.rules,
    });
  }

  /** What an earlier run of the agent found counts until this one has looked; a target in doubt is left out. */
  #healthOf(arn: string): (target: TargetDocument) => Health {
    return (target) => {
      const doubted = this.#checker.isDoubted(arn, target);
      return doubted ? { state: 'unhealthy', passed: 0, failed: 1 } : this.#foundOf(arn, target);
    };
  }

  #foundOf(arn: string, target: TargetDocument): Health {
    const health = this.#checker.healthOf(arn, target);
    return (health.state === 'initial' ? this.#known?.get(knownKey(arn, target)) : undefined) ?? health;
  }

  /** A new configuration, without what HAProxy refuses in it. */
  async #load(documents: NodeDocuments, configuration: RenderedConfiguration, generation: string): Promise<void> {
    const broken = { rules: new Set<string>(), listeners: new Set<string>() };
    this.#refused = new Map();
    let accepted = configuration;
    for (let attempt = 0; ; attempt += 1) {
      const refused = await this.#haproxy.check(accepted, generation);
      if (refused.length === 0) break;
      for (const { listenerArn, ruleArn } of refused) {
        if (ruleArn === undefined || attempt >= mostChecks) broken.listeners.add(listenerArn);
        else broken.rules.add(ruleArn);
        const what = ruleArn === undefined ? 'the listener' : `the rule ${ruleArn}`;
        this.#refused.set(listenerArn, `HAProxy does not take ${what}`);
      }
      accepted = this.#render(documents, broken);
    }
    await this.#haproxy.run(generation);
    this.#reloadedAtMs = this.#deps.clock.monotonicMs();
    this.#servers = undefined;
  }

  /** Servers change without a reload; every reload has them as they are by then. */
  async #followServers({ backends }: RenderedConfiguration): Promise<void> {
    const { adminSocket } = this.#places;
    this.#servers ??= readServers(await ask(adminSocket, 'show servers state'));
    const { commands, removals } = serverChanges(this.#servers, backends);
    const doubted = this.#doubtedServers();
    const given = doubted.filter((path) => !this.#doubted.has(path)).map((path) => `shutdown sessions server ${path}`);
    this.#doubted = new Set(doubted);
    if (commands.length === 0 && removals.length === 0 && given.length === 0) return;
    await askAll(adminSocket, [...commands, ...given]);
    // Who is gone has had its time: what is still open ends, and then it can be forgotten.
    await askAll(
      adminSocket,
      removals.flatMap((path) => [`shutdown sessions server ${path}`, `del server ${path}`]),
    );
    this.#servers = readServers(await ask(adminSocket, 'show servers state'));
  }

  /** Who waits for an answer of these would wait for long: nothing comes from there, not even a refusal. */
  #doubtedServers(): readonly string[] {
    const { balancer, targetGroups } = this.#documents;
    const mode = balancer.type === 'application' ? 'http' : 'tcp';
    return [...targetGroups].flatMap(([arn, { targets }]) =>
      targets
        .filter((target) => this.#checker.isDoubted(arn, target))
        .map((target) => ({ backend: backendName(arn, mode), server: serverName(target) }))
        .filter(({ backend, server }) => this.#servers?.get(backend)?.has(server) === true)
        .map(({ backend, server }) => `${backend}/${server}`),
    );
  }

  async #forward(documents: NodeDocuments): Promise<void> {
    const { balancer, targetGroups } = documents;
    if (balancer.type !== 'network') return;
    const serving = (arn: string): readonly TargetDocument[] => {
      const group = targetGroups.get(arn);
      return group === undefined ? [] : [...inService(group, this.#healthOf(arn))];
    };
    const wished = [...targetGroups.values()].some(
      ({ attributes }) => attributes['preserve_client_ip.enabled'] === 'true',
    );
    const keeping = wished && (await returnPathPossible());
    if (keeping !== this.#keeping) {
      const { directory } = this.#options;
      const node = { interfaceId: this.#interfaceId, address: this.address, directory };
      await (keeping ? setReturnPath(node) : removeReturnPath(node));
      this.#keeping = keeping;
    }
    const isLocal = (address: string): boolean => keeping && documents.localAddresses.has(address);
    const hostAddresses = keeping ? ownAddresses() : [];
    await this.#forwarding.apply({
      balancer,
      address: this.address,
      targetGroups,
      serving,
      isLocal,
      hostAddresses,
    });
  }

  async #rememberHealth(): Promise<void> {
    const found: [string, Health][] = [];
    for (const [arn, group] of this.#documents.targetGroups) {
      for (const target of group.targets) found.push([knownKey(arn, target), this.#foundOf(arn, target)]);
    }
    const text = JSON.stringify(found.filter(([, { state }]) => state !== 'initial'));
    if (text === this.#savedHealth) return;
    this.#savedHealth = text;
    await writeHealth(this.#options.directory, text);
  }
}

interface Broken {
  readonly rules: ReadonlySet<string>;
  readonly listeners: ReadonlySet<string>;
}

const noneBroken: Broken = { rules: new Set(), listeners: new Set() };

/** IPv4 addresses of this machine. */
function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return [...new Set(all.filter(({ family }) => family === 'IPv4').map(({ address }) => address))].sort();
}

function generationOf({ skeleton }: RenderedConfiguration): string {
  return createHash('sha256').update(skeleton).digest('hex').slice(0, 16);
}

/** Takes away a node of which only its directory is known. */
export async function endNode(
  directory: string,
  interfaceId: string,
  deps: Pick<NodeDeps, 'network' | 'clock' | 'log'>,
): Promise<void> {
  const namespace = namespacePath(interfaceId);
  const adminSocket = `${directory}/sockets/admin`;
  await new HaproxyProcess({ directory, namespace, adminSocket, events: `${directory}/events` }, deps).stop();
  await removeReturnPath({ interfaceId, directory });
  await removeNamespace(interfaceId, deps.network);
  await rm(directory, { recursive: true, force: true });
}
