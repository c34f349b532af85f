import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { backoffMs, type Clock, type Logger, type Random, type Timer } from '#base';
import { findProcess, installationPaths, secretFileMode } from '../cli/installation.ts';
import type { Files, LogLevel, Processes } from '../cli/ports.ts';
import { allocatorSettings, partArguments, partFlags } from '../cli/serving.ts';

export interface SupervisorOptions {
  readonly dataDir: string;
  readonly endpoint: string;
  readonly region: string;
  readonly logLevel: LogLevel;
}

interface SupervisorDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly files: Files;
  readonly processes: Processes;
}

/** How a crashed agent comes back: at once, then slower; an agent that stayed up this long starts afresh. */
const restart = { firstMs: 500, maxMs: 15_000, factor: [2, 1], jitterPercent: 10 } as const;
const steadyMs = 60_000;
/** How often an agent that an earlier server started is looked at, ms. */
const adoptedPollMs = 1_000;

/**
 * Keeps this machine's agent of the Fargate pool running. The agent is a process of its own that survives the server:
 * a server that comes back adopts the one that is running. Disposing ends the agent, never its containers.
 */
export function superviseAgent(options: SupervisorOptions, deps: SupervisorDeps): AsyncDisposable {
  const supervisor = new AgentSupervisor(options, deps);
  void supervisor.keep();
  return supervisor;
}

class AgentSupervisor implements AsyncDisposable {
  readonly #options: SupervisorOptions;
  readonly #deps: SupervisorDeps;
  #stopping = false;
  #child: ChildProcess | undefined;
  #timer: Timer | undefined;
  #failures = 0;

  constructor(options: SupervisorOptions, deps: SupervisorDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Looks whether an agent runs, and starts one otherwise. */
  async keep(): Promise<void> {
    const { processes, files } = this.#deps;
    const adopted = await findProcess({ files, processes }, installationPaths(this.#options.dataDir), 'agent');
    if (this.#stopping) return;
    if (adopted !== undefined) this.#again(adoptedPollMs);
    else this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#timer?.cancel();
    const { processes, files } = this.#deps;
    const pid = await findProcess({ files, processes }, installationPaths(this.#options.dataDir), 'agent');
    const ended = pid ?? this.#child?.pid;
    if (ended === undefined || !processes.isAlive(ended)) return;
    processes.signal(ended, 'SIGTERM');
    await this.#gone(ended);
  }

  #start(): void {
    const { clock, logger } = this.#deps;
    const paths = installationPaths(this.#options.dataDir);
    const log = openSync(paths.agentLog, 'a', secretFileMode);
    const startedAt = clock.now();
    const settings = { ...this.#options, pool: 'fargate' } as const;
    const program = process.argv[1] ?? '';
    // Images that were built on this machine are in no registry: what is here is used as it is.
    const env = { ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached', ...allocatorSettings, ...process.env };
    const child = spawn(process.execPath, [...partFlags.agent, program, ...partArguments('agent', settings)], {
      detached: true,
      stdio: ['ignore', log, log],
      env,
    });
    this.#child = child;
    child.on('error', (error) => logger.error('the agent cannot be started', { reason: error.message }));
    child.on('exit', (code, signal) => {
      this.#child = undefined;
      if (this.#stopping) return;
      const livedMs = (clock.now() - startedAt) * 1000;
      this.#failures = livedMs > steadyMs ? 0 : this.#failures + 1;
      const delayMs = backoffMs(restart, Math.max(0, this.#failures - 1), this.#deps.random);
      logger.warn('the agent ended and is started again', { code, signal, delayMs, log: paths.agentLog });
      this.#again(delayMs);
    });
    logger.info('agent started', { pid: child.pid });
  }

  #again(delayMs: number): void {
    this.#timer = this.#deps.clock.setTimer(delayMs, () => void this.keep());
  }

  /** Waits until a process has ended; after ten seconds it is killed. */
  #gone(pid: number): Promise<void> {
    const { clock, processes, logger } = this.#deps;
    const limit = clock.now() + 10;
    return new Promise((resolve) => {
      const look = (): void => {
        if (!processes.isAlive(pid)) return resolve();
        if (clock.now() > limit) {
          logger.error('the agent did not end in time and was killed', { pid });
          processes.signal(pid, 'SIGKILL');
        }
        clock.setTimer(50, look);
      };
      look();
    });
  }
}
