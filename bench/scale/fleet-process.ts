import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Target } from './signed-client.ts';

export interface FleetOptions {
  readonly target: Target;
  readonly cluster: string;
  readonly agents: number;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly seed: number;
}

export interface FleetCommand {
  /** join: every agent registers and connects. lose: so many of the agents die at once. */
  readonly type: 'join' | 'lose';
  readonly percent?: number;
}

/** The process of the simulated agents, as the benchmark drives it. */
export class Fleet implements AsyncDisposable {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const child = fork(new URL('fleet.ts', import.meta.url).pathname, [JSON.stringify(options)], {
      execArgv: ['--max-old-space-size=8192'],
    });
    await once(child, 'message');
    return new Fleet(child);
  }

  /** Gives the number of tasks that were concerned. */
  async do(command: FleetCommand): Promise<number> {
    this.#process.send(command);
    const [tasks] = await once(this.#process, 'message');
    return Number(tasks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.disconnect();
    await once(this.#process, 'exit');
  }
}
