import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, engine } from './installation.ts';

export interface PrivateEngineOptions {
  /** The caller has a network namespace of its own: the engine has its bridge and its rules there. */
  readonly bridge?: boolean;
  /** A network namespace, by its path, that the engine and its containers are in; it has its bridge and rules there. */
  readonly namespace?: string;
}

/**
 * A Docker Engine of the test's own, which it may kill: own folders and sockets, and by default a network namespace of
 * its own with no bridge and no rules. containerd is a process beside it, as Debian's packages run it. Containers on the
 * host's network are on this machine's: they get their namespace from containerd.
 */
export class PrivateEngine implements AsyncDisposable {
  readonly #bridge: boolean;
  readonly #namespace: string | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), 'roadstead-engine-'));
  /** dockerd's, beside those that keep it apart from the machine's own; for its next start. */
  flags: readonly string[] = [];
  #containerd: ChildProcess | undefined;
  #dockerd: ChildProcess | undefined;

  constructor({ bridge = false, namespace }: PrivateEngineOptions = {}) {
    this.#bridge = bridge || namespace !== undefined;
    this.#namespace = namespace;
  }

  /** Where its images and containers are; a test may mount something there before the first start. */
  get dataDirectory(): string {
    return `${this.#folder}/data`;
  }

  get dockerHost(): string {
    return `unix://${this.#folder}/docker.sock`;
  }

  async start(): Promise<void> {
    const folder = this.#folder;
    const containerdSocket = `${folder}/containerd.sock`;
    const folders = ['--root', `${folder}/containerd`, '--state', `${folder}/containerd-state`];
    this.#containerd ??= this.#spawn('containerd', [
      ...folders,
      '--address',
      containerdSocket,
      '--config',
      '/dev/null',
    ]);
    const own = ['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`];
    const always = [...own, ...this.flags, '--containerd', containerdSocket, '-H', this.dockerHost];
    const noNetwork = ['--bridge', 'none', '--iptables=false', '--ip6tables=false'];
    // A network namespace of its own: an engine without a bridge would take the host's docker0 away.
    const apart = ['--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"', 'dockerd', ...noNetwork];
    this.#dockerd = this.#bridge ? this.#spawn('dockerd', always) : this.#spawn('unshare', [...apart, ...always]);
    await this.#answering();
  }

  /** What dockerd and containerd said lately. */
  get log(): string {
    return textOf(join(this.#folder, 'engine.log')).slice(-4000);
  }

  /** Ends dockerd; containerd and the containers' shims go on, as they do on a real host. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const pid = this.#dockerd?.pid;
    if (pid !== undefined) await endProcess(pid, signal);
  }

  /** The machine loses its power: every process of the engine and its containers, and what is kept in memory. */
  async loseAll(): Promise<void> {
    await this.end('SIGKILL');
    const pid = this.#containerd?.pid;
    if (pid !== undefined) await endProcess(pid, 'SIGKILL');
    this.#containerd = undefined;
    for (const each of this.#descendants()) await endProcess(each, 'SIGKILL');
    this.#unmount();
    for (const name of ['exec', 'containerd-state', 'pid', 'docker.sock', 'containerd.sock']) {
      rmSync(`${this.#folder}/${name}`, { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    const pid = this.#containerd?.pid;
    if (pid !== undefined) await endProcess(pid, 'SIGTERM');
    // Containers that outlived their engine.
    for (const each of this.#descendants()) await endProcess(each, 'SIGKILL');
    this.#unmount();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** The shims, which name this engine's socket, and before them the containers they hold. */
  #descendants(): number[] {
    const stats = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const shims = stats.filter((pid) => textOf(`/proc/${pid}/cmdline`).includes(`${this.#folder}/containerd.sock`));
    const parentOf = (pid: string): string => / \(.*\) \S (\d+) /.exec(textOf(`/proc/${pid}/stat`))?.[1] ?? '';
    return [...stats.filter((pid) => shims.includes(parentOf(pid))), ...shims].map(Number);
  }

  /** What the engine mounted and did not take down, e.g. after it was killed. */
  #unmount(): void {
    for (const line of readFileSync('/proc/mounts', 'utf8').split('\n').reverse()) {
      const path = line.split(' ')[1] ?? '';
      if (path.startsWith(`${this.#folder}/`)) execFileSync('umount', ['--lazy', path]);
    }
  }

  #spawn(command: string, args: readonly string[]): ChildProcess {
    const log = openSync(join(this.#folder, 'engine.log'), 'a');
    const entered = this.#namespace === undefined ? [] : ['nsenter', `--net=${this.#namespace}`];
    const [program = command, ...rest] = [...entered, command, ...args];
    const child = spawn(program, rest, { stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  }

  async #answering(): Promise<void> {
    const deadline = performance.now() + 60_000;
    const runtime = engine(this.dockerHost);
    for (;;) {
      try {
        await runtime.version();
        runtime.close();
        return;
      } catch {
        if (performance.now() > deadline) {
          throw new Error(this.log);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** Of a file that may be gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
