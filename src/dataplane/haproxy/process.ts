import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { sleep } from '#base';
import { type Configuration, type HaproxyDeps, HaproxyFiles } from './files.ts';

export interface HaproxyOptions {
  /** Everything of this process is in here; nobody but root may read it, save what it must reach once it is not root. */
  readonly directory: string;
  /** The network namespace it works in, as a path. */
  readonly namespace: string;
  readonly adminSocket: string;
  /** A named pipe: its standard output. */
  readonly events: string;
}

const pollMs = 20;
const stopMs = 5_000;

/**
 * One HAProxy in master-worker mode. It outlives the agent: whoever comes next finds it by its pid file. Which
 * configuration it runs is what it says of itself, never what is remembered.
 */
export class HaproxyProcess {
  readonly #options: HaproxyOptions;
  readonly #deps: HaproxyDeps;
  readonly #files: HaproxyFiles;
  readonly #pidFile: string;

  constructor(options: HaproxyOptions, deps: HaproxyDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#files = new HaproxyFiles(options, deps);
    this.#pidFile = `${options.directory}/haproxy.pid`;
  }

  /** As {@link HaproxyFiles.check}. */
  check<Origin>(configuration: Configuration<Origin>, generation: string): Promise<readonly Origin[]> {
    return this.#files.check(configuration, generation);
  }

  /** The generation that runs; `undefined` when none does. */
  async generation(): Promise<string | undefined> {
    return (await this.#pid()) === undefined ? undefined : this.#files.generation();
  }

  /** Makes what was checked last what runs. Throws Fault `BalancerConfiguration` when it does not come up. */
  async run(generation: string): Promise<void> {
    await this.#files.install();
    const pid = await this.#pid();
    const child = pid === undefined ? this.#spawn() : undefined;
    if (pid !== undefined) process.kill(pid, 'SIGUSR2');
    await this.#files.comesUp(generation, {
      hasEnded: () => child !== undefined && child.exitCode !== null,
      lastWords: () => this.#lastWords(),
    });
  }

  /** As {@link HaproxyFiles.swapCertificates}. */
  swapCertificates(files: ReadonlyMap<string, string>): Promise<void> {
    return this.#files.swapCertificates(files);
  }

  /** Ends it with all its connections. */
  async stop(): Promise<void> {
    const pid = await this.#pid();
    if (pid !== undefined) {
      process.kill(pid, 'SIGTERM');
      const untilMs = this.#deps.clock.monotonicMs() + stopMs;
      while ((await this.#pid()) !== undefined && this.#deps.clock.monotonicMs() < untilMs) {
        await sleep(this.#deps.clock, pollMs);
      }
      if ((await this.#pid()) !== undefined) process.kill(pid, 'SIGKILL');
    }
    await rm(this.#pidFile, { force: true });
  }

  /** The master's, while it runs. A pid may have become somebody else's since. */
  async #pid(): Promise<number | undefined> {
    const pid = Number((await readFile(this.#pidFile, 'utf8').catch(() => '')).trim().split('\n')[0]);
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return commandLine.includes(this.#files.path) ? pid : undefined;
  }

  #spawn(): ChildProcess {
    const log = openSync(`${this.#options.directory}/haproxy.log`, 'w', 0o600);
    const events = openSync(this.#options.events, 'r+');
    try {
      const haproxy = ['haproxy', '-W', '-f', this.#files.path, '-p', this.#pidFile];
      const child = spawn('nsenter', [`--net=${this.#options.namespace}`, ...haproxy], {
        detached: true,
        stdio: ['ignore', events, log],
      });
      child.on('error', (error) => this.#deps.log.warn('HAProxy cannot be run', { error: error.message }));
      child.unref();
      return child;
    } finally {
      closeSync(log);
      closeSync(events);
    }
  }

  async #lastWords(): Promise<string> {
    const text = await readFile(`${this.#options.directory}/haproxy.log`, 'utf8').catch(() => '');
    const alerts = text.split('\n').filter((line) => /ALERT|refused|cannot/i.test(line));
    return alerts.slice(-3).join('; ') || 'it says nothing';
  }
}
