import type { ServiceConnectMetrics } from '#wire/link';

/** What the container is made of whose process is a task's Service Connect proxy: a program of the host. */
export interface ProxyProgram {
  readonly command: readonly string[];
  /** `uid:gid`. */
  readonly user: string;
  /** `source:target[:ro]`. */
  readonly binds: readonly string[];
}

/** The proxy's container, once it runs. */
export interface ProxyContainer {
  /** Of a process in its network namespace: the task's, or in bridge mode its own. */
  readonly pid: number;
  /** Of the task's containers that have networks of their own, by name. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Has the process read its configuration again. */
  reload(): Promise<void>;
}

/** What has containers with networks of their own reach the addresses that names stand for, which are the proxy's. */
export interface ProxyRoutes {
  /** `169.254.176.0/20`. */
  readonly block: string;
  /** Of a process in the proxy's network namespace, and where that is. */
  readonly proxy: { readonly pid: number; readonly address: string };
  /** Of a process in each of the others. */
  readonly callers: readonly number[];
}

/** Service Connect proxies of tasks, as a port: what they do follows the control plane's documents. By the tasks' ARNs. */
export interface TaskProxies {
  /** Resolves once the proxy may be started. Throws when the control plane does not say in time what it shall do. */
  prepare(taskArn: string, signal: AbortSignal): Promise<ProxyProgram>;
  /** Before the proxy is started; may be repeated. */
  route(routes: ProxyRoutes): Promise<void>;
  /** Resolves once it serves; also for one that was started by an earlier run of this agent. */
  serve(taskArn: string, container: ProxyContainer, signal: AbortSignal): Promise<void>;
  /** Nobody outside calls the task any more once this resolves. */
  drain(taskArn: string, signal: AbortSignal): Promise<void>;
  /** Leaves nothing of it, once its container is gone. */
  end(taskArn: string): Promise<void>;
  /** Leaves nothing of those of other tasks, by the last part of their ARN. */
  keepOnly(isKept: (taskId: string) => boolean): Promise<void>;
  /** What it counted since this was last asked. */
  takeCounted(taskArn: string): readonly ServiceConnectMetrics[];
}
