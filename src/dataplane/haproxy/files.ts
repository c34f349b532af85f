import { chown, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, Fault, type Logger, sleep } from '#base';
import { runProgram } from '../programs/index.ts';
import { ask } from './runtime-socket.ts';

/** A configuration to be, and who is to blame for a line of it. */
export interface Configuration<Origin> {
  readonly files: ReadonlyMap<string, string>;
  /** The whole text, whose generation the running process can be asked for. */
  text(generation: string): string;
  /** Lines are counted from 1. */
  originOf(line: number): Origin | undefined;
}

export interface HaproxyFilesOptions {
  /** Where `haproxy.cfg` is. */
  readonly directory: string;
  readonly adminSocket: string;
  /** A group that may read all of it, for a process that is never root's; absent: root alone. */
  readonly groupId?: number;
}

export interface HaproxyDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long a new process or a new configuration may take until it answers. */
const readyMs = 10_000;
const pollMs = 20;

/**
 * The files of one HAProxy, and what it says of itself at its socket: which configuration it runs is never remembered.
 */
export class HaproxyFiles {
  readonly #options: HaproxyFilesOptions;
  readonly #deps: HaproxyDeps;
  /** Of the configuration that runs, or is to run. */
  readonly path: string;
  #written = new Map<string, string>();

  constructor(options: HaproxyFilesOptions, deps: HaproxyDeps) {
    this.#options = options;
    this.#deps = deps;
    this.path = `${options.directory}/haproxy.cfg`;
  }

  /**
   * Whether HAProxy takes the configuration; if not, which lines it complains of. Writes the files that the
   * configuration names, so that it can look at them. Throws Fault `BalancerConfiguration` when nobody is to blame.
   */
  async check<Origin>(configuration: Configuration<Origin>, generation: string): Promise<readonly Origin[]> {
    for (const [path, text] of configuration.files) {
      if ((await this.#contentOf(path)) !== text) await this.#write(path, text);
    }
    const next = `${this.path}.next`;
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

  /** What was checked last is what the next start or reload reads. */
  async install(): Promise<void> {
    await rename(`${this.path}.next`, this.path);
  }

  /** The generation that runs; `undefined` when none answers. */
  async generation(): Promise<string | undefined> {
    const info = await ask(this.#options.adminSocket, 'show info').catch(() => '');
    return /^description: (\S+)/m.exec(info)?.[1];
  }

  /** Resolves once the generation runs. Throws Fault `BalancerConfiguration` when it does not come up. */
  async comesUp(generation: string, process: HaproxyLife): Promise<void> {
    const untilMs = this.#deps.clock.monotonicMs() + readyMs;
    while ((await this.generation()) !== generation) {
      if (this.#deps.clock.monotonicMs() > untilMs || process.hasEnded()) {
        const words = await process.lastWords();
        throw new Fault('BalancerConfiguration', `HAProxy does not come up: ${words}`, { retryable: true });
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
      const { adminSocket } = this.#options;
      const answers = (await ask(adminSocket, set)) + (await ask(adminSocket, `commit ssl cert ${path}`));
      this.#deps.log.info('gave HAProxy a new certificate', { answer: answers.trim().split('\n').at(-1) });
    }
  }

  async #contentOf(path: string): Promise<string | undefined> {
    const known = this.#written.get(path);
    if (known !== undefined) return known;
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) this.#written.set(path, text);
    return text;
  }

  async #write(path: string, text: string): Promise<void> {
    const { groupId } = this.#options;
    await mkdir(dirname(path), { recursive: true, mode: groupId === undefined ? 0o700 : 0o755 });
    const passing = `${path}.new`;
    await writeFile(passing, text, { mode: groupId === undefined ? 0o600 : 0o640 });
    if (groupId !== undefined) await chown(passing, process.getuid?.() ?? 0, groupId);
    await rename(passing, path);
    if (!path.endsWith('.next')) this.#written.set(path, text);
  }
}

/** What is known of the process from outside. */
export interface HaproxyLife {
  hasEnded(): boolean;
  lastWords(): Promise<string>;
}
