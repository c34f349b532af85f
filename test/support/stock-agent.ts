import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, type Installation } from './installation.ts';

/** The program of the open-source ECS agent, where this machine has one. */
export const stockAgentPath = process.env['ROADSTEAD_TEST_ECS_AGENT'];

/** The unmodified open-source ECS agent, as an external instance of the cluster it wants by itself. */
export class StockAgent implements AsyncDisposable {
  readonly #installation: Installation;
  readonly #folder = mkdtempSync(join(tmpdir(), 'roadstead-ecs-agent-'));
  #pid: number | undefined;

  constructor(installation: Installation) {
    this.#installation = installation;
    mkdirSync(join(this.#folder, 'data'));
  }

  start(): void {
    const log = openSync(join(this.#folder, 'agent.out'), 'a');
    const { accessKeyId, secretAccessKey } = this.#installation.keys();
    // Nothing of this process's own environment: a CA bundle or a profile in it is not for this agent.
    const env = {
      PATH: process.env['PATH'],
      HOME: this.#folder,
      ...(process.env['DOCKER_HOST'] === undefined ? {} : { DOCKER_HOST: process.env['DOCKER_HOST'] }),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
      ECS_BACKEND_HOST: this.#installation.url,
      ECS_EXTERNAL: 'true',
      ECS_DATADIR: join(this.#folder, 'data'),
      ECS_LOGFILE: join(this.#folder, 'agent.log'),
      ECS_AUDIT_LOGFILE: join(this.#folder, 'audit.log'),
      ECS_LOGLEVEL: 'debug',
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
      ECS_DISABLE_IMAGE_CLEANUP: 'true',
      ECS_ENABLE_TASK_IAM_ROLE: 'true',
      ECS_ENABLE_TASK_CPU_MEM_LIMIT: 'false',
      ECS_CONTAINER_STOP_TIMEOUT: '2s',
      ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '5s',
    };
    const child = spawn(stockAgentPath ?? '', [], { stdio: ['ignore', log, log], env, detached: true });
    closeSync(log);
    child.unref();
    this.#pid = child.pid;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#pid !== undefined) await endProcess(this.#pid, signal);
    this.#pid = undefined;
  }

  /** What it has written so far, for the sentence of a failure and for what only it knows. */
  get log(): string {
    return readFileSync(join(this.#folder, 'agent.out'), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
