import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import type { Options } from '../benchmark.ts';
import type { Target } from './signed-client.ts';

/** Options of a benchmark that are about the control plane's process. */
export const processOptions = {
  'events-kept': 'how many ECS events the control plane keeps; 0 for none',
  'cpu-prof': 'a folder for a profile of the control plane, written as it ends',
} as const;

const entry = new URL('../../src/main/cli.ts', import.meta.url).pathname;

/** The real control plane in a process and a data directory of its own. */
export class ControlPlaneProcess implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #dataDir: string;
  readonly #url: string;

  private constructor(process: ChildProcess, dataDir: string, url: string) {
    this.#process = process;
    this.#dataDir = dataDir;
    this.#url = url;
  }

  /** `options` are those of `processOptions`; `flags` go to `roadstead server` beside them. */
  static async start(options: Options, flags: readonly string[]): Promise<ControlPlaneProcess> {
    const dataDir = mkdtempSync(join(tmpdir(), 'roadstead-scale-'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const log = openSync(join(dataDir, 'server.log'), 'a');
    const { 'events-kept': eventsKept, 'cpu-prof': profiles } = options;
    const nodeFlags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const ownFlags = eventsKept === undefined ? flags : [...flags, '--events-kept', eventsKept];
    const args = [...nodeFlags, entry, 'server', '--data-dir', dataDir, '--port', String(port), ...ownFlags];
    const child = spawn(process.execPath, args, { stdio: ['ignore', log, log] });
    const started = new ControlPlaneProcess(child, dataDir, url);
    while (!(await started.#ready())) {
      if (child.exitCode !== null) throw new Error(`the control plane ended: ${started.log()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return started;
  }

  async #ready(): Promise<boolean> {
    const answer = await fetch(`${this.#url}/_roadstead/health`).catch(() => undefined);
    return answer?.status === 200 && ((await answer.json()) as { status?: string }).status === 'ready';
  }

  get target(): Target {
    const { accounts } = JSON.parse(readFileSync(join(this.#dataDir, 'credentials.json'), 'utf8'));
    return { url: this.#url, keys: accounts.default };
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  residentMiB(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  }

  /** User and system time of all its threads, s. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async metrics(): Promise<string> {
    return await (await fetch(`${this.#url}/metrics`)).text();
  }

  log(): string {
    return readFileSync(join(this.#dataDir, 'server.log'), 'utf8').slice(-2_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGTERM');
      await once(this.#process, 'exit');
    }
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}
