import type { Clock, Timer } from '#base';
import type { HostReport, TargetHealthReport } from '#wire/link';
import type { HostDocumentSet, HostReporting } from '../../../src/agent/host-state/part.ts';

/** Between two checks of a target, ms, and how many must agree. */
const checkMs = 5_000;
const threshold = 2;

export interface BalancerNodesDeps {
  readonly clock: Clock;
  /** Whether a task runs at the address. */
  readonly answers: (address: string) => boolean;
}

interface Watched {
  readonly target: Pick<TargetHealthReport, 'targetGroupArn' | 'id' | 'port'>;
  readonly address: string;
  state: TargetHealthReport['state'];
  /** Checks in a row that say otherwise. */
  otherwise: number;
}

/** The nodes of load balancers that a simulated host carries: what it says of them, and of the targets that it checks. */
export class BalancerNodes {
  readonly #host: string;
  readonly #reporting: HostReporting;
  readonly #deps: BalancerNodesDeps;
  readonly #nodes = new Map<string, HostReport>();
  readonly #targets = new Map<string, Watched>();
  #timer: Timer | undefined;

  constructor(host: string, reporting: HostReporting, deps: BalancerNodesDeps) {
    this.#host = host;
    this.#reporting = reporting;
    this.#deps = deps;
  }

  /** The documents are in effect. */
  serve(documents: HostDocumentSet): void {
    const nodes = new Map<string, HostReport>();
    const used = new Set<string>();
    for (const [balancerArn, { nodes: all, listeners, digest = '' }] of documents.all('balancer')) {
      for (const { interfaceId, host } of all) {
        if (host !== this.#host) continue;
        const listenerArns = listeners.map(({ listenerArn }) => listenerArn);
        nodes.set(interfaceId, { kind: 'balancer-node', report: { balancerArn, interfaceId, listenerArns, digest } });
        for (const { rules } of listeners)
          for (const { action } of rules) for (const arn of groupsOf(action)) used.add(arn);
      }
    }
    for (const [id, report] of this.#nodes) if (!nodes.has(id)) this.#reporting.withdraw(report);
    this.#nodes.clear();
    for (const [id, report] of nodes) {
      this.#nodes.set(id, report);
      this.#reporting.report(report);
    }
    this.#watch(documents, used);
  }

  /** The agent's process is dead. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #watch(documents: HostDocumentSet, used: ReadonlySet<string>): void {
    const known = new Set<string>();
    for (const targetGroupArn of used) {
      for (const { id, port, address, draining } of documents.find('target-group', targetGroupArn)?.targets ?? []) {
        if (draining) continue;
        const key = `${targetGroupArn} ${id} ${port}`;
        known.add(key);
        if (this.#targets.has(key)) continue;
        const watched: Watched = { target: { targetGroupArn, id, port }, address, state: 'initial', otherwise: 0 };
        this.#targets.set(key, watched);
        this.#tell(watched);
      }
    }
    for (const [key, { target, state }] of this.#targets) {
      if (known.has(key)) continue;
      this.#targets.delete(key);
      this.#reporting.withdraw({ kind: 'target-health', report: { ...target, state } });
    }
    if (this.#targets.size > 0) this.#timer ??= this.#deps.clock.setTimer(checkMs, () => this.#check());
  }

  #check(): void {
    this.#timer = this.#targets.size === 0 ? undefined : this.#deps.clock.setTimer(checkMs, () => this.#check());
    for (const watched of this.#targets.values()) {
      const state = this.#deps.answers(watched.address) ? 'healthy' : 'unhealthy';
      watched.otherwise = state === watched.state ? 0 : watched.otherwise + 1;
      if (watched.otherwise < threshold) continue;
      watched.state = state;
      watched.otherwise = 0;
      this.#tell(watched);
    }
  }

  #tell({ target, state }: Watched): void {
    const reason = { initial: 'Elb.InitialHealthChecking', healthy: undefined, unhealthy: 'Target.Timeout' }[state];
    this.#reporting.report({
      kind: 'target-health',
      report: { ...target, state, ...(reason === undefined ? {} : { reason }) },
    });
  }
}

function groupsOf(action: { readonly type: string }): readonly string[] {
  const { targetGroups = [] } = action as { readonly targetGroups?: readonly { readonly targetGroupArn: string }[] };
  return targetGroups.map(({ targetGroupArn }) => targetGroupArn);
}
