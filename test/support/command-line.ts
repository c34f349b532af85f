import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '#base';
import { type CommandLineDeps, installationPaths, runCommandLine, writeCredentials, writeServerState } from '#cli';
import { diskFiles, networkHttp, serverNames, socketLocks, systemProcesses } from '../../src/cli/adapters/index.ts';
import { SystemClock } from '../../src/main/system-clock.ts';

/** What a command line printed and how it ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An engine that is not there. */
export const absentEngine: CommandLineDeps['engine'] = {
  address: 'unix:///var/run/docker.sock',
  send: () => Promise.reject(new Fault('EngineAbsent', 'no Docker Engine answers')),
};

/** An engine that answers by path, query left out; 404 for everything else. */
export function scriptedEngine(answers: Readonly<Record<string, unknown>>): CommandLineDeps['engine'] {
  return {
    address: 'unix:///var/run/docker.sock',
    send: (method, path) => {
      const answer = answers[`${method} ${path.split('?')[0]}`];
      const body = new TextEncoder().encode(JSON.stringify(answer ?? { message: 'no such thing' }));
      return Promise.resolve({ status: answer === undefined ? 404 : 200, headers: {}, body });
    },
  };
}

/** Answers of a Docker Engine 20.10. */
export const engineAnswers = {
  'GET /version': { Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12' },
  'GET /info': { CgroupVersion: '1', CgroupDriver: 'cgroupfs', SystemTime: '2026-11-21T21:00:00.123456789Z' },
  'GET /containers/json': [],
};

/** A command line in a data directory of its own, with the real files, processes and network. Dispose of it. */
export class TestInstallation implements AsyncDisposable {
  readonly folder: string;
  readonly dataDir: string;
  #overrides: Partial<CommandLineDeps> = {};

  private constructor(folder: string) {
    this.folder = folder;
    this.dataDir = join(folder, 'data');
  }

  static async create(overrides: Partial<CommandLineDeps> = {}): Promise<TestInstallation> {
    const installation = new TestInstallation(await mkdtemp(join(tmpdir(), 'roadstead-cli-')));
    installation.#overrides = overrides;
    return installation;
  }

  /** Runs one command line; `overrides` replace parts of the world for this run. */
  async run(
    argv: readonly string[],
    overrides: Partial<CommandLineDeps> & { readonly input?: string } = {},
  ): Promise<CommandResult> {
    const output = { stdout: '', stderr: '' };
    const terminal: CommandLineDeps['terminal'] = {
      writeOut: (text) => {
        output.stdout += text;
      },
      writeError: (text) => {
        output.stderr += text;
      },
      outIsTerminal: false,
      errorIsTerminal: false,
      readInput: () => Promise.resolve(overrides.input ?? ''),
    };
    const deps = this.deps();
    const env = { ...deps.env, ...overrides.env };
    const exitCode = await runCommandLine(argv, { ...deps, terminal, ...overrides, env });
    return { exitCode, ...output };
  }

  deps(): CommandLineDeps {
    return {
      clock: new SystemClock(),
      files: diskFiles(),
      processes: systemProcesses(),
      http: networkHttp(),
      engine: absentEngine,
      terminal: {
        writeOut: () => {},
        writeError: () => {},
        outIsTerminal: false,
        errorIsTerminal: false,
        readInput: () => Promise.resolve(''),
      },
      console: absentConsole,
      openChannel: () => Promise.reject(new Error('no channel was expected')),
      locks: socketLocks(),
      names: serverNames(),
      machine: {
        platform: 'linux',
        architecture: 'x64',
        userId: 1000,
        homeDirectory: this.folder,
        nodeVersion: process.version,
        nodePath: process.execPath,
        rootPath: this.folder,
        programPath: join(this.folder, 'main', 'cli.ts'),
        version: '0.1.0',
        utf8: true,
      },
      runners: {
        server: () => Promise.reject(new Error('no server in this test')),
        agent: () => Promise.reject(new Error('no agent in this test')),
        cleanHost: () => Promise.resolve({ containers: 0 }),
        hostStorage: () => Promise.reject(new Error('no storage in this test')),
      },
      env: { ROADSTEAD_DATA_DIR: this.dataDir },
      signal: new AbortController().signal,
      ...this.#overrides,
    };
  }

  /** Leaves what a running server leaves: its address and the root keys. */
  async pretendRunning(url: string, pid = process.pid): Promise<void> {
    const paths = installationPaths(this.dataDir);
    const files = diskFiles();
    await files.makeDirectory(this.dataDir, 0o700);
    await writeServerState(files, paths, { pid, url, region: 'us-east-1', version: '0.1.0', startedAt: 1_795_000_000 });
    await writeCredentials(files, paths, {
      endpointRegion: 'us-east-1',
      accounts: {
        default: { accountId: '000000000000', accessKeyId: 'AKIADEFAULT', secretAccessKey: 'default-secret' },
        platform: { accountId: '999999999999', accessKeyId: 'AKIAPLATFORM', secretAccessKey: 'platform-secret' },
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface AwsJsonError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export type AwsJsonHandler = (input: Readonly<Record<string, unknown>>) => unknown;

/** A loopback server that answers AWS JSON by target (`ListClusters`); a thrown AwsJsonError becomes an error answer. */
export class AwsJsonServer implements AsyncDisposable {
  readonly #server: Server;
  /** Every call in order. */
  readonly calls: { readonly operation: string; readonly input: unknown; readonly authorization: string }[] = [];

  private constructor(handlers: Readonly<Record<string, AwsJsonHandler>>) {
    this.#server = createServer((request, response) => {
      void readBody(request).then((body) => {
        if (request.method === 'GET') {
          const healthy = request.url === '/_roadstead/health';
          response.statusCode = healthy ? 200 : 404;
          response.end(JSON.stringify({ status: 'ready', version: '0.1.0', pid: process.pid, region: 'us-east-1' }));
          return;
        }
        const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
        const input = JSON.parse(body) as Readonly<Record<string, unknown>>;
        this.calls.push({ operation, input, authorization: request.headers.authorization ?? '' });
        response.setHeader('x-amzn-requestid', 'request-1');
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        try {
          const handler = handlers[operation];
          if (handler === undefined) throw awsJsonError(400, 'UnknownOperationException', operation);
          response.end(JSON.stringify(handler(input)));
        } catch (error) {
          const { status, code, message } = error as AwsJsonError;
          response.statusCode = status;
          response.end(JSON.stringify({ __type: code, message }));
        }
      });
    });
  }

  static async start(handlers: Readonly<Record<string, AwsJsonHandler>>): Promise<AwsJsonServer> {
    const server = new AwsJsonServer(handlers);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function awsJsonError(status: number, code: string, message: string): Error & AwsJsonError {
  return Object.assign(new Error(message), { status, code });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Nobody types and nobody reads. */
const absentConsole: CommandLineDeps['console'] = {
  isTerminal: false,
  readInput: () => ({ chunks: (async function* () {})(), stop: () => {} }),
  writeOut: () => Promise.resolve(),
  writeError: () => Promise.resolve(),
  size: () => undefined,
  onResize: () => () => {},
};
