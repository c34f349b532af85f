import { randomUUID } from 'node:crypto';
import { EngineHttp, engineAddress } from '../src/agent/runtime/docker-http.ts';

/** A Swarm task, as far as it is looked at here. */
export interface SwarmTask {
  readonly ID: string;
  readonly DesiredState: string;
  readonly Spec: { readonly ForceUpdate?: number };
  readonly Status: {
    readonly State: string;
    readonly Timestamp: string;
    readonly ContainerStatus?: { readonly PID: number };
  };
}

/** What a Swarm service of these benchmarks is: one container a replica, on the host's network, nothing waited for. */
export interface SwarmServiceSpec {
  readonly image: string;
  readonly command: readonly string[];
  readonly replicas: number;
  /** Replicas replaced at once in an update: each is stopped first, then started anew. */
  readonly updateParallelism: number;
}

/** Docker Swarm on one engine, driven over the Engine API. Disposing removes what was made and leaves the swarm. */
export class DockerSwarm implements AsyncDisposable {
  readonly #http: EngineHttp;

  private constructor(http: EngineHttp) {
    this.#http = http;
  }

  /** Makes the engine a swarm of one; the engine must be the benchmark's own. */
  static async init(dockerHost: string): Promise<DockerSwarm> {
    const http = new EngineHttp(engineAddress(dockerHost));
    const address = '127.0.0.1:2377';
    await http.text({ method: 'POST', path: '/swarm/init', json: { ListenAddr: address, AdvertiseAddr: address } });
    return new DockerSwarm(http);
  }

  /** Resolves when the service is accepted; gives its id. */
  async createService(spec: SwarmServiceSpec): Promise<string> {
    const name = `bench-${randomUUID()}`;
    const json = { Name: name, ...this.#spec(spec, 0) };
    const { ID } = await this.#http.json<{ ID: string }>({ method: 'POST', path: '/services/create', json });
    return ID;
  }

  /** Sets a new generation off: every replica is replaced as the service's update configuration has it. */
  async updateService(id: string, spec: SwarmServiceSpec, generation: number): Promise<void> {
    type Found = { Version: { Index: number }; Spec: { Name: string } };
    const { Version, Spec } = await this.#http.json<Found>({ method: 'GET', path: `/services/${id}` });
    const json = { Name: Spec.Name, ...this.#spec(spec, generation) };
    await this.#http.text({ method: 'POST', path: `/services/${id}/update?version=${Version.Index}`, json });
  }

  /** The tasks that are wanted and run. */
  async running(id: string): Promise<readonly SwarmTask[]> {
    const filters = encodeURIComponent(JSON.stringify({ service: [id], 'desired-state': ['running'] }));
    const tasks = await this.#http.json<SwarmTask[]>({ method: 'GET', path: `/tasks?filters=${filters}` });
    return tasks.filter(({ Status }) => Status.State === 'running');
  }

  /** Resolves when none of the service's containers is left. */
  async removeService(id: string): Promise<void> {
    await this.#http.text({ method: 'DELETE', path: `/services/${id}` });
    const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.swarm.service.id=${id}`] }));
    const left = (): Promise<unknown[]> =>
      this.#http.json({ method: 'GET', path: `/containers/json?all=true&filters=${filters}` });
    while ((await left()).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const services = await this.#http.json<{ ID: string }[]>({ method: 'GET', path: '/services' });
    for (const { ID } of services) await this.removeService(ID);
    await this.#http.text({ method: 'POST', path: '/swarm/leave?force=true' });
    this.#http.close();
  }

  #spec({ image, command, replicas, updateParallelism }: SwarmServiceSpec, generation: number): object {
    return {
      TaskTemplate: {
        ContainerSpec: { Image: image, Args: command },
        Networks: [{ Target: 'host' }],
        RestartPolicy: { Condition: 'any', Delay: 0 },
        ForceUpdate: generation,
      },
      Mode: { Replicated: { Replicas: replicas } },
      UpdateConfig: { Parallelism: updateParallelism, Delay: 0, Monitor: 1, Order: 'stop-first' },
    };
  }
}
