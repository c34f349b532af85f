import type { Availability } from '../host/network.ts';

/** A request of a process in a task, read whole. */
export interface EndpointRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The peer's IPv4 address: a task with an interface of its own is known by it. */
  readonly sourceAddress: string;
}

export interface EndpointAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface EndpointHandler {
  /** `undefined` when the request is about no task of this agent: another agent of the host may know it. */
  answer(request: EndpointRequest): Promise<EndpointAnswer | undefined>;
  /** For a request about a task that no agent of the host knows. */
  refuse(request: EndpointRequest): EndpointAnswer;
}

/** The way to 169.254.170.2 from the tasks of this host, as a port. Every call may be repeated. */
export interface EndpointHost {
  /** Whether this host can do it, and if not, what is missing. */
  probe(): Promise<Availability>;
  /** Serves until disposed of. Throws Fault when the address or its rules cannot be set. */
  serve(handler: EndpointHandler): Promise<AsyncDisposable>;
  /** Sets the host's address and rules again where they are missing: a firewall may have been loaded anew. */
  reconcile(): Promise<void>;
  /** Leaves nothing behind, unless another agent of the host still serves. */
  remove(): Promise<void>;
}

export function jsonAnswer(status: number, value: unknown): EndpointAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}
