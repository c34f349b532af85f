import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { type Clock, type Logger, messageOf } from '#base';
import type { HostReport, TargetHealthReport } from '#wire/link';
import { findUser } from '../haproxy/index.ts';
import { type BalancingDocuments, type NodeDocuments, noDocuments, nodesOf } from './documents.ts';
import { targetKey } from './health/state.ts';
import { HostListeners } from './host/listeners.ts';
import type { NodeNetwork } from './namespaces.ts';
import { BalancerNode, endNode } from './node.ts';

export interface BalancingOptions {
  /** This agent's own: nodes, spool of access logs. */
  readonly directory: string;
  /** The host's name in the documents: its container instance's ARN. */
  readonly host: string;
  readonly threads: number;
  /** Between two reloads of a node's HAProxy, ms; absent: a second. */
  readonly reloadMs?: number;
}

export interface BalancingDeps {
  readonly network: NodeNetwork;
  readonly clock: Clock;
  readonly log: Logger;
  readonly report: (report: HostReport) => void;
  /** What was reported is true of nothing any more. */
  readonly withdraw: (report: HostReport) => void;
}

/**
 * The load balancers of a host: makes its nodes what their documents say, and reports what their checks find. Whatever is
 * not whole yet waits.
 */
export class Balancing {
  readonly #options: BalancingOptions;
  readonly #deps: BalancingDeps;
  readonly #nodes = new Map<string, BalancerNode>();
  readonly #health = new Map<string, TargetHealthReport>();
  readonly #nodeProblems = new Map<string, ReadonlyMap<string, string>>();
  readonly #problems = new Map<string, string>();
  readonly #listeners: HostListeners;
  #documents: BalancingDocuments = noDocuments;
  /** Whether what an earlier run left was looked for. */
  #reconciled = false;
  #hostProblems: ReadonlyMap<string, string> = new Map();
  #changed = false;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: BalancingOptions, deps: BalancingDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#listeners = new HostListeners(
      { owner: options.directory, stateFile: `${options.directory}/ports.json` },
      deps,
    );
  }

  /** What there is now, whole. Resolves once it has been tried. */
  async update(documents: BalancingDocuments): Promise<void> {
    this.#documents = documents;
    this.#wake();
    await this.#work;
  }

  /** Resolves once the documents so far have been put into effect, or failed to. */
  async settled(): Promise<void> {
    do await this.#work;
    while (this.#changed);
    await Promise.all([...this.#nodes.values()].map((node) => node.settled()));
  }

  /** Leaves everything as it is: HAProxy and the kernel go on without an agent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#work;
    await Promise.all([...this.#nodes.values()].map((node) => node.leave()));
    await this.#listeners.close();
  }

  #wake(): void {
    if (this.#changed || this.#closed) return;
    this.#changed = true;
    this.#work = this.#work.then(async () => {
      this.#changed = false;
      if (this.#closed) return;
      try {
        await this.#pass();
      } catch (error) {
        this.#deps.log.warn('load balancers are not as they should be', { error: messageOf(error) });
      }
    });
  }

  async #pass(): Promise<void> {
    const wanted = nodesOf(this.#documents, this.#options.host);
    await this.#reconcile(wanted);
    for (const [interfaceId, node] of this.#nodes) {
      if (wanted.has(interfaceId)) continue;
      this.#nodes.delete(interfaceId);
      this.#nodeProblems.delete(interfaceId);
      const report = { balancerArn: node.balancerArn, interfaceId, listenerArns: [] };
      this.#deps.withdraw({ kind: 'balancer-node', report });
      await this.#quietly(() => node.end());
    }
    for (const [interfaceId, documents] of wanted) {
      const node = this.#nodes.get(interfaceId);
      if (node !== undefined) node.update(documents);
      else this.#nodes.set(interfaceId, await this.#begin(interfaceId, documents));
    }
    this.#hostProblems = await this.#listeners.apply([...wanted.values()]);
    this.#tellProblems();
    this.#forgetHealth(wanted.values());
  }

  async #begin(interfaceId: string, documents: Parameters<BalancerNode['update']>[0]): Promise<BalancerNode> {
    const { directory, threads, reloadMs } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o711 });
    const { network, clock, log } = this.#deps;
    const node = new BalancerNode(
      {
        directory: nodeDirectory(directory, interfaceId),
        spool: `${directory}/access-logs`,
        threads,
        ...(reloadMs === undefined ? {} : { reloadMs }),
        ...(await findUser()),
      },
      documents,
      {
        network,
        clock,
        log,
        onHealth: () => this.#tellHealth(),
        onServing: (serving) => {
          const report = { balancerArn: documents.balancerArn, interfaceId, ...serving };
          this.#deps.report({ kind: 'balancer-node', report });
        },
        onProblems: (problems) => {
          this.#nodeProblems.set(interfaceId, problems);
          this.#tellProblems();
        },
      },
    );
    node.update(documents);
    return node;
  }

  /** Takes away the nodes that an earlier run left and the documents no longer have. */
  async #reconcile(wanted: ReadonlyMap<string, unknown>): Promise<void> {
    if (this.#reconciled) return;
    this.#reconciled = true;
    for (const interfaceId of await leftNodes(this.#options.directory)) {
      if (wanted.has(interfaceId) || this.#nodes.has(interfaceId)) continue;
      await this.#quietly(() => endNode(nodeDirectory(this.#options.directory, interfaceId), interfaceId, this.#deps));
    }
  }

  async #quietly(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#deps.log.warn('a load balancer could not be taken away', { error: messageOf(error) });
    }
  }

  /**
   * A target is healthy on this host when any of its nodes says so; a new one only when all have said something, because
   * who replaces targets goes by this, and a node that has not looked yet sends it nothing.
   */
  #targetReports(): readonly TargetHealthReport[] {
    const best = new Map<string, TargetHealthReport>();
    const awaited = new Map<string, TargetHealthReport>();
    for (const node of this.#nodes.values()) {
      for (const report of node.reports()) {
        const key = reportKey(report);
        const other = best.get(key);
        if (other === undefined || rank[report.state] > rank[other.state]) best.set(key, report);
        if (report.state === 'initial' && this.#health.get(key)?.state !== 'healthy') awaited.set(key, report);
      }
    }
    return [...new Map([...best, ...awaited]).values()];
  }

  #tellHealth(): void {
    for (const report of this.#targetReports()) {
      const told = this.#health.get(reportKey(report));
      if (told?.state === report.state && told.reason === report.reason && told.description === report.description) {
        continue;
      }
      this.#health.set(reportKey(report), report);
      this.#deps.report({ kind: 'target-health', report });
    }
  }

  #forgetHealth(nodes: Iterable<NodeDocuments>): void {
    const known = new Set<string>();
    for (const { targetGroups } of nodes) {
      for (const [targetGroupArn, { targets }] of targetGroups) {
        for (const target of targets) if (!target.draining) known.add(`${targetGroupArn} ${targetKey(target)}`);
      }
    }
    for (const [key, report] of this.#health) {
      if (known.has(key)) continue;
      this.#health.delete(key);
      this.#deps.withdraw({ kind: 'target-health', report });
    }
  }

  #tellProblems(): void {
    const now = new Map([...this.#hostProblems, ...[...this.#nodeProblems.values()].flatMap((each) => [...each])]);
    for (const [listenerArn, problem] of now) {
      if (this.#problems.get(listenerArn) === problem) continue;
      this.#problems.set(listenerArn, problem);
      this.#deps.report({ kind: 'listener', report: { listenerArn, problem } });
    }
    for (const listenerArn of this.#problems.keys()) {
      if (now.has(listenerArn)) continue;
      this.#problems.delete(listenerArn);
      this.#deps.report({ kind: 'listener', report: { listenerArn } });
    }
  }
}

const rank = { initial: 0, unhealthy: 1, healthy: 2 } as const;

function reportKey({ targetGroupArn, id, port }: TargetHealthReport): string {
  return `${targetGroupArn} ${targetKey({ id, port })}`;
}

function nodeDirectory(directory: string, interfaceId: string): string {
  return `${directory}/nodes/${interfaceId.replace(/[^A-Za-z0-9-]/g, '_')}`;
}

/** The interfaces of the nodes that have a directory. */
async function leftNodes(directory: string): Promise<readonly string[]> {
  const names = await readdir(`${directory}/nodes`).catch(() => []);
  const found = await Promise.all(
    names.map((name) => readFile(`${directory}/nodes/${name}/interface`, 'utf8').catch(() => '')),
  );
  return found.filter((interfaceId) => interfaceId !== '');
}

/** Leaves nothing of an agent's load balancers on its host. The agent must not be running. */
export async function removeBalancing(
  directory: string,
  deps: Pick<BalancingDeps, 'network' | 'clock' | 'log'>,
): Promise<void> {
  for (const interfaceId of await leftNodes(directory)) {
    await endNode(nodeDirectory(directory, interfaceId), interfaceId, deps);
  }
  const listeners = new HostListeners({ owner: directory, stateFile: `${directory}/ports.json` }, deps);
  await listeners.removeAll();
  await rm(directory, { recursive: true, force: true });
}
