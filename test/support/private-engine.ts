import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, engine } from './installation.ts';

/**
 * A Docker Engine of the test's own, which it may kill: own folders, sockets and network namespace, no bridge, no rules.
 * containerd is a process beside it, as Debian's packages run it. Containers on the host's network are on this machine's:
 * they get their namespace from containerd.
 */
export class PrivateEngine implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'roadstead-engine-'));
  #containerd: ChildProcess | undefined;
  #dockerd: ChildProcess | undefined;

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
    const network = ['--bridge', 'none', '--iptables=false', '--ip6tables=false'];
    // A network namespace of its own: an engine without a bridge would take the host's docker0 away.
    this.#dockerd = this.#spawn('unshare', [
      '--net',
      'sh',
      '-c',
      'ip link set lo up && exec "$0" "$@"',
      'dockerd',
      ...own,
      ...network,
      '--containerd',
      containerdSocket,
      '-H',
      this.dockerHost,
    ]);
    await this.#answering();
  }

  /** Ends dockerd; containerd and the containers' shims go on, as they do on a real host. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const pid = this.#dockerd?.pid;
    if (pid !== undefined) await endProcess(pid, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    const pid = this.#containerd?.pid;
    if (pid !== undefined) await endProcess(pid, 'SIGTERM');
    // What the engine mounted and did not take down, e.g. after it was killed.
    for (const line of readFileSync('/proc/mounts', 'utf8').split('\n').reverse()) {
      const path = line.split(' ')[1] ?? '';
      if (path.startsWith(`${this.#folder}/`)) execFileSync('umount', ['--lazy', path]);
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  #spawn(command: string, args: readonly string[]): ChildProcess {
    const log = openSync(join(this.#folder, 'engine.log'), 'a');
    const child = spawn(command, args, { stdio: ['ignore', log, log] });
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
          throw new Error(readFileSync(join(this.#folder, 'engine.log'), 'utf8').slice(-2000));
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}
