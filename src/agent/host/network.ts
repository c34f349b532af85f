import type { HeldPort } from './ports.ts';

/** The interface of an awsvpc task. */
export interface TaskInterface {
  /** `eni-…`. */
  readonly interfaceId: string;
  readonly macAddress: string;
  readonly address: string;
  /** The subnet's gateway with its prefix length: `172.31.0.1/20`. */
  readonly subnetGateway: string;
}

/**
 * The network between tasks, as a port: gives a namespace its interface and takes it back. Every call may be repeated.
 */
export interface TaskNetwork {
  /** Whether this host can do it, and if not, what is missing. */
  probe(): Promise<Availability>;
  /** Gives the namespace of process `pid` the interface. */
  attach(taskInterface: TaskInterface, pid: number): Promise<void>;
  detach(interfaceId: string): Promise<void>;
  /** The ports of the host that bridge and host tasks have now: the host's groups guard them. */
  publish?(ports: readonly HeldPort[]): void;
  /** Removes this agent's interfaces that are not among the expected; sets the host's own rules again. */
  reconcile(expectedInterfaceIds: readonly string[]): Promise<void>;
  /** Leaves nothing of this agent's, or of every agent's. */
  removeAll(whose: 'own' | 'all'): Promise<void>;
}

export interface Availability {
  readonly available: boolean;
  readonly problems: readonly string[];
}
