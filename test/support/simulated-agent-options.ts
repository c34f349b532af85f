import type { Clock, Random } from '#base';
import type { Connection } from '#wire/link';
import type { SimulatedTask, Span, TaskBehaviour } from './simulated-agent-task.ts';

/** How a simulated host behaves. Delays are drawn from the seed. */
export interface AgentBehaviour extends TaskBehaviour {
  /** Before a report is handed in. */
  readonly reportMs: Span;
  /** Reports in a hundred that are handed in twice. */
  readonly repeatPercent: number;
  /** Acknowledgments in a hundred that are lost. */
  readonly losesAckPercent: number;
}

export const calmBehaviour: AgentBehaviour = {
  pullMs: [50, 500],
  startMs: [50, 300],
  stopMs: [20, 200],
  healthyMs: [100, 1_000],
  reportMs: [1, 20],
  repeatPercent: 0,
  losesAckPercent: 0,
  pullError: () => undefined,
};

export interface SimulatedAgentOptions {
  readonly cluster?: string;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly attributes?: readonly { readonly name: string; readonly value?: string }[];
  readonly availabilityZone?: string;
  /** Ids of the host's GPUs. */
  readonly gpuIds?: readonly string[];
  /** Between two health reports, ms; default 20 s, as the stock agent. */
  readonly publishMs?: number;
  /** How long a stopped task is remembered once its end was delivered, ms; default 3 h, as the stock agent. */
  readonly forgetAfterMs?: number;
  readonly behaviour?: Partial<AgentBehaviour>;
}

/** One end of a connection, and the means to break it as a network does. */
export interface AgentLink {
  readonly connection: Connection;
  cut(noticedAfterMs?: number): void;
}

/** What the host shall be beside its tasks: whoever keeps it for a simulated agent. */
export interface AgentDocuments {
  /** The process knows who it is; what was kept is taken up when this resolves. */
  begin(containerInstanceArn: string): Promise<void>;
  opened(connection: Connection): void;
  closed(): void;
  receive(message: Readonly<Record<string, unknown>>, connection: Connection, acknowledge: () => void): void;
  /** The process is dead. */
  end(): void;
  /** The host is made anew. */
  forget(): void;
}

export interface SimulatedAgentDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Calls an ECS operation as the host; rejects with an error that carries AWS's `code`. */
  readonly call: (operation: string, input: object) => Promise<unknown>;
  /** Opens a channel; throws an error that carries `code` when the upgrade is refused. */
  readonly connect: (channel: 'acs' | 'tcs', query: URLSearchParams) => AgentLink;
  readonly documents?: AgentDocuments;
  /** Told of each change of a task on the host. */
  readonly onTask?: (task: SimulatedTask) => void;
}
