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
  /** Of a process in the task's network namespace. */
  readonly pid: number;
  /** Has the process read its configuration again. */
  reload(): Promise<void>;
}

/** Service Connect proxies of tasks, as a port: what they do follows the control plane's documents. By the tasks' ARNs. */
export interface TaskProxies {
  /** Resolves once the proxy may be started. Throws when the control plane does not say in time what it shall do. */
  prepare(taskArn: string, signal: AbortSignal): Promise<ProxyProgram>;
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
