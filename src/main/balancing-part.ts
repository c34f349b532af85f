import { availableParallelism } from 'node:os';
import type { HostDocumentSet, HostPart } from '#agent';
import type { Clock, Logger } from '#base';
import { Balancing, balancingKinds, balancingProblems, removeBalancing } from '#dataplane/balancing';
import type { HostNetwork } from '#dataplane/network';

/** Threads of one HAProxy at most: a host carries several. */
const mostThreads = 4;

export interface BalancingPartOptions {
  /** The agent's data directory. */
  readonly dataDir: string;
}

export interface BalancingPartDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Where nodes get their interfaces, under the same rules as tasks. */
  readonly network: HostNetwork;
}

/** Load balancers as a part of the agent. */
export function balancingPart({ dataDir }: BalancingPartOptions, deps: BalancingPartDeps): HostPart {
  const { clock, log } = deps;
  const network = nodeNetwork(dataDir, deps.network);
  return {
    family: 'balancing',
    kinds: balancingKinds,
    async probe() {
      const fabric = await network.probe();
      const problems = [...fabric.problems, ...(await balancingProblems())];
      return { available: problems.length === 0, problems };
    },
    start({ containerInstanceArn, reporting }) {
      const options = {
        directory: placeOf(dataDir),
        host: containerInstanceArn,
        threads: Math.min(mostThreads, availableParallelism()),
      };
      const balancing = new Balancing(options, {
        network,
        clock,
        log,
        report: (report) => reporting.report(report),
        withdraw: (report) => reporting.withdraw(report),
      });
      return {
        apply: (documents) => balancing.update(documentsOf(documents)),
        [Symbol.asyncDispose]: () => balancing.close(),
      };
    },
  };
}

function documentsOf(documents: HostDocumentSet): Parameters<Balancing['update']>[0] {
  return {
    balancers: documents.all('balancer'),
    targetGroups: documents.all('target-group'),
    certificates: documents.all('certificate'),
    interfaces: documents.all('interface'),
    subnets: documents.all('subnet'),
  };
}

/** Leaves no load balancer of the data directory's agent, which must not be running. */
export async function cleanBalancing(
  { dataDir }: BalancingPartOptions,
  { clock, log, network }: BalancingPartDeps,
): Promise<void> {
  await removeBalancing(placeOf(dataDir), { network: nodeNetwork(dataDir, network), clock, log });
}

function placeOf(dataDir: string): string {
  return `${dataDir}/balancing`;
}

/** Devices of nodes are marked apart from those of tasks, which the task engine looks after. */
function nodeNetwork(dataDir: string, network: HostNetwork): ReturnType<HostNetwork['beside']> {
  return network.beside(`roadstead-balancing:${dataDir}`);
}
