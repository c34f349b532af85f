import { type Call, signedClient, type Target } from './signed-client.ts';

/** A caller that lists and describes all the while, one call after the other with a pause. */
export class Onlooker implements AsyncDisposable {
  readonly #call: Call;
  readonly #cluster: string;
  readonly #ms: number[] = [];
  readonly #looking: Promise<void>;
  #stop = false;

  constructor(target: Target, cluster: string) {
    this.#call = signedClient(target, 1);
    this.#cluster = cluster;
    this.#looking = this.#look();
  }

  latencies(): { readonly p50: number; readonly p99: number; readonly max: number } {
    const sorted = this.#ms.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }

  async #look(): Promise<void> {
    const cluster = this.#cluster;
    while (!this.#stop) {
      const { taskArns } = await this.#timed('ListTasks', { cluster });
      if (taskArns.length > 0) await this.#timed('DescribeTasks', { cluster, tasks: taskArns });
      const { serviceArns } = await this.#timed('ListServices', { cluster });
      if (serviceArns.length > 0) await this.#timed('DescribeServices', { cluster, services: serviceArns });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #timed(operation: string, input: object) {
    const startedAt = performance.now();
    const answer = await this.#call(operation, input);
    this.#ms.push(performance.now() - startedAt);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop = true;
    await this.#looking;
  }
}
