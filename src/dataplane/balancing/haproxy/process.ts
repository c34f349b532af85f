import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, Fault, type Logger, sleep } from '#base';
import type { RenderedConfiguration } from '../render/configuration.ts';
import type { LineOrigin } from '../render/lines.ts';
import { runProgram } from '../run-program.ts';
import { ask } from './runtime-socket.ts';

export interface HaproxyOptions {
  /** Everything of this process is in here; nobody but root may read it, save what it must reach once it is not root. */
  readonly directory: string;
  /** The network namespace it works in, as a path. */
  readonly namespace: string;
  readonly adminSocket: string;
  /** A named pipe: its standard output. */
  readonly events: string;
}

export interface HaproxyDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long a new process or a new configuration may take until it answers. */
const readyMs = 10_000;
const pollMs = 20;
const stopMs = 5_000;

/**
 * One HAProxy in master-worker mode. It outlives the agent: whoever comes next finds it by its pid file. Which
 * configuration it runs is what it says of itself, never what is remembered.
 */
export class HaproxyProcess {
  readonly #options: HaproxyOptions;
  readonly #deps: HaproxyDeps;
  readonly #configuration: string;
  readonly #pidFile: string;
  #written = new Map<string, string>();

  constructor(options: HaproxyOptions, deps: HaproxyDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#configuration = `${options.directory}/haproxy.cfg`;
    this.#pidFile = `${options.directory}/haproxy.pid`;
  }

  /**
   * Whether HAProxy takes the configuration; if not, which lines it complains of. Writes the files that the
   * configuration names, so that it can look at them. Throws Fault `BalancerConfiguration` when nobody is to blame.
   */
  async check(configuration: RenderedConfiguration, generation: string): Promise<readonly LineOrigin[]> {
    await this.#writeFiles(configuration.files);
    const next = `${this.#configuration}.next`;
    await this.#write(next, configuration.text(generation));
    const { code, complaint } = await runProgram('haproxy', ['-c', '-f', next]);
    if (code === 0) return [];
    const alerts = complaint.split('\n').filter((line) => line.includes('[ALERT]'));
    const lines = alerts.flatMap((line) => {
      const found = /\[([^\]\s]+):(\d+)\]/.exec(line);
      return found?.[1] === next ? [Number(found[2])] : [];
    });
    const origins = lines.flatMap((line) => configuration.originOf(line) ?? []);
    if (origins.length > 0) return origins;
    throw new Fault('BalancerConfiguration', `HAProxy refuses its configuration: ${alerts.slice(0, 3).join('; ')}`);
  }

  /** The generation that runs; `undefined` when none does. */
  async generation(): Promise<string | undefined> {
    if ((await this.#pid()) === undefined) return undefined;
    const info = await ask(this.#options.adminSocket, 'show info').catch(() => '');
    return /^description: (\S+)/m.exec(info)?.[1];
  }

  /** Makes what was checked last what runs. Throws Fault `BalancerConfiguration` when it does not come up. */
  async run(generation: string): Promise<void> {
    await rename(`${this.#configuration}.next`, this.#configuration);
    const pid = await this.#pid();
    const child = pid === undefined ? this.#spawn() : undefined;
    if (pid !== undefined) process.kill(pid, 'SIGUSR2');
    const untilMs = this.#deps.clock.monotonicMs() + readyMs;
    while ((await this.generation()) !== generation) {
      if (this.#deps.clock.monotonicMs() > untilMs || (child !== undefined && child.exitCode !== null)) {
        throw new Fault('BalancerConfiguration', `HAProxy does not come up: ${await this.#lastWords()}`, {
          retryable: true,
        });
      }
      await sleep(this.#deps.clock, pollMs);
    }
  }

  /** Certificates whose content is another than that of the file, while the list of them is the same. */
  async swapCertificates(files: ReadonlyMap<string, string>): Promise<void> {
    for (const [path, text] of files) {
      if (!path.endsWith('.pem') || (await this.#contentOf(path)) === text) continue;
      await this.#write(path, text);
      const set = `set ssl cert ${path} <<\n${text}\n`;
      const answers = (await ask(this.#options.adminSocket, set)) + (await this.#commit(path));
      this.#deps.log.info('gave a load balancer a new certificate', { answer: answers.trim().split('\n').at(-1) });
    }
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

  #commit(path: string): Promise<string> {
    return ask(this.#options.adminSocket, `commit ssl cert ${path}`);
  }

  /** The master's, while it runs. A pid may have become somebody else's since. */
  async #pid(): Promise<number | undefined> {
    const pid = Number((await readFile(this.#pidFile, 'utf8').catch(() => '')).trim().split('\n')[0]);
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return commandLine.includes(this.#configuration) ? pid : undefined;
  }

  #spawn(): ChildProcess {
    const log = openSync(`${this.#options.directory}/haproxy.log`, 'w', 0o600);
    const events = openSync(this.#options.events, 'r+');
    try {
      const haproxy = ['haproxy', '-W', '-f', this.#configuration, '-p', this.#pidFile];
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

  async #writeFiles(files: ReadonlyMap<string, string>): Promise<void> {
    for (const [path, text] of files) if ((await this.#contentOf(path)) !== text) await this.#write(path, text);
  }

  async #contentOf(path: string): Promise<string | undefined> {
    const known = this.#written.get(path);
    if (known !== undefined) return known;
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) this.#written.set(path, text);
    return text;
  }

  async #write(path: string, text: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const passing = `${path}.new`;
    await writeFile(passing, text, { mode: 0o600 });
    await rename(passing, path);
    if (!path.endsWith('.next')) this.#written.set(path, text);
  }
}
