import { access, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { type Clock, Fault, type Logger, messageOf, type Timer } from '#base';
import type { ServiceConnectMetrics } from '#wire/link';
import { findUser } from '../haproxy/index.ts';
import { quietly } from './command.ts';
import { documentsOfTask, type MeshDocuments, noDocuments } from './documents.ts';
import { setRoutes } from './routes.ts';
import { type ProxyContainer, TaskProxy } from './task-proxy.ts';

export interface MeshOptions {
  /** This agent's own: a folder for each proxy. */
  readonly directory: string;
  /** Between two readings of what proxies counted, ms; absent: a minute, the period of Service Connect's metrics. */
  readonly countMs?: number;
}

export interface MeshDeps {
  readonly clock: Clock;
  readonly log: Logger;
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

/** What a container is made of whose process is the proxy: the host's own HAProxy, and what it needs to run. */
export interface ProxyProgram {
  readonly command: readonly string[];
  /** `uid:gid`. */
  readonly user: string;
  /** `source:target[:ro]`. */
  readonly binds: readonly string[];
}

const countMs = 60_000;
/** What programs of the host are made of. */
const systemFolders = ['/usr', '/lib', '/lib64', '/bin', '/sbin'];

/** The Service Connect proxies of a host, by the ARNs of their tasks. */
export class Mesh {
  readonly #options: MeshOptions;
  readonly #deps: MeshDeps;
  readonly #proxies = new Map<string, TaskProxy>();
  #documents: MeshDocuments = noDocuments;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: MeshOptions, deps: MeshDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** What there is now, whole. Resolves once it has been tried. */
  async update(documents: MeshDocuments): Promise<void> {
    this.#documents = documents;
    for (const [taskArn, proxy] of this.#proxies) {
      const ofTask = documentsOfTask(documents, taskArn);
      // A task's end takes its document first: until it is over its proxy stays as it is.
      if (ofTask.is === 'whole' || documents.proxies.has(taskArn)) proxy.update(ofTask);
    }
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.settled()));
  }

  /** Resolves once the proxy may be started, with what its container is. Throws Fault `ServiceConnect`. */
  async prepare(taskArn: string, signal: AbortSignal): Promise<ProxyProgram> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o711 });
    const proxy = await this.#of(taskArn);
    await proxy.prepare(signal);
    const { userId, groupId } = await findUser();
    const own = directoryOf(directory, taskArn);
    const binds = await Promise.all(
      systemFolders.map(async (path) => ((await exists(path)) ? [`${path}:${path}:ro`] : [])),
    );
    return {
      command: quietly(`${own}/sockets/words`, [await haproxyPath(), '-W', '-f', proxy.configuration]),
      user: `${userId}:${groupId}`,
      binds: [...binds.flat(), `${own}:${own}:ro`, `${own}/sockets:${own}/sockets`],
    };
  }

  /** Before the proxy's container runs, where the task's containers have networks of their own. Throws Fault `Program`. */
  async route(routes: ProxyRoutes): Promise<void> {
    await setRoutes(routes);
  }

  /** The proxy's container runs: resolves once it serves. To be called again by an agent that was started anew. */
  async serve(taskArn: string, container: ProxyContainer, signal: AbortSignal): Promise<void> {
    await (await this.#of(taskArn)).serve(container, signal);
    if (this.#timer === undefined) this.#countLater();
  }

  /** The task is stopping: nobody outside calls it any more once this resolves. Never throws. */
  async drain(taskArn: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#proxies.get(taskArn)?.drain(signal);
    } catch (error) {
      this.#deps.log.warn('a Service Connect proxy was not drained', { taskArn, error: messageOf(error) });
    }
  }

  /** Leaves nothing of a task's proxy, whose container must be gone. */
  async end(taskArn: string): Promise<void> {
    const proxy = this.#proxies.get(taskArn);
    this.#proxies.delete(taskArn);
    await proxy?.end();
    await rm(directoryOf(this.#options.directory, taskArn), { recursive: true, force: true });
  }

  /** Leaves nothing of proxies of other tasks, by the last part of their ARN. */
  async keepOnly(isKept: (taskId: string) => boolean): Promise<void> {
    const { directory } = this.#options;
    for (const name of await readdir(directory).catch(() => [])) {
      if (!isKept(name)) await rm(`${directory}/${name}`, { recursive: true, force: true });
    }
  }

  /** What a task's proxy counted since this was last asked. */
  takeCounted(taskArn: string): readonly ServiceConnectMetrics[] {
    return this.#proxies.get(taskArn)?.takeCounted() ?? [];
  }

  /** Leaves everything as it is: proxies go on without an agent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.leave()));
  }

  async #of(taskArn: string): Promise<TaskProxy> {
    const { groupId } = await findUser();
    const known = this.#proxies.get(taskArn);
    if (known !== undefined) return known;
    const proxy = new TaskProxy({ directory: directoryOf(this.#options.directory, taskArn), groupId }, this.#deps);
    this.#proxies.set(taskArn, proxy);
    proxy.update(documentsOfTask(this.#documents, taskArn));
    return proxy;
  }

  async #count(): Promise<void> {
    for (const [taskArn, proxy] of this.#proxies) {
      try {
        await proxy.count();
      } catch (error) {
        this.#deps.log.info('a Service Connect proxy does not say what it counted', {
          taskArn,
          error: messageOf(error),
        });
      }
    }
    if (!this.#closed) this.#countLater();
  }

  #countLater(): void {
    const waitMs = this.#options.countMs ?? countMs;
    this.#timer = this.#deps.clock.setTimer(waitMs, () => void this.#count());
  }
}

function directoryOf(directory: string, taskArn: string): string {
  const taskId = taskArn.slice(taskArn.lastIndexOf('/') + 1);
  return `${directory}/${taskId.replace(/[^A-Za-z0-9-]/g, '_')}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Of the host's HAProxy, as its folders have it. Throws Fault `ServiceConnect`. */
async function haproxyPath(): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const path = `${folder}/haproxy`;
    if (folder !== '' && (await exists(path))) return realpath(path);
  }
  throw new Fault('ServiceConnect', 'this host has no haproxy');
}
