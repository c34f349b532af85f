import type { Duplex } from 'node:stream';
import { type Clock, Fault, sleep } from '#base';
import type { EngineHttp } from './docker-http.ts';
import type { ExecOutput, ExecProcess, ExecSpec } from './port.ts';

interface DockerExec {
  readonly ExitCode: number | null;
  readonly Running: boolean;
  /** On the engine's host. */
  readonly Pid: number;
}

/** Docker Engine's ExecCreate and ExecStart, attached. */
export async function dockerExec(
  { http, clock }: { readonly http: EngineHttp; readonly clock: Clock },
  containerId: string,
  spec: ExecSpec,
): Promise<ExecProcess> {
  const { Id: id } = await http.json<{ Id: string }>({
    method: 'POST',
    path: `/containers/${containerId}/exec`,
    json: {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: spec.terminal,
      User: spec.user,
      Env: spec.environment,
      Cmd: spec.command,
    },
  });
  const start = { Detach: false, Tty: spec.terminal };
  const socket = await http.hijack({ method: 'POST', path: `/exec/${id}/start`, json: start });
  return new DockerExecProcess({ http, clock }, id, socket, spec.terminal);
}

class DockerExecProcess implements ExecProcess {
  readonly output: AsyncIterable<ExecOutput>;
  readonly #http: EngineHttp;
  readonly #clock: Clock;
  readonly #id: string;
  readonly #socket: Duplex;

  constructor(
    { http, clock }: { readonly http: EngineHttp; readonly clock: Clock },
    id: string,
    socket: Duplex,
    terminal: boolean,
  ) {
    this.#http = http;
    this.#clock = clock;
    this.#id = id;
    this.#socket = socket;
    socket.on('error', () => {});
    this.output = terminal ? oneStream(socket) : twoStreams(socket);
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.writable) this.#socket.write(bytes, () => resolve());
      else resolve();
    });
  }

  endInput(): void {
    this.#socket.end();
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#http.text({ method: 'POST', path: `/exec/${this.#id}/resize?w=${columns}&h=${rows}` });
  }

  async exitCode(): Promise<number | undefined> {
    return (await this.#inspect())?.ExitCode ?? undefined;
  }

  /** The engine ends no single process; on its own machine the kernel does. */
  async kill(): Promise<void> {
    let found = await this.#inspect();
    // It is said to run a moment before it has a number.
    for (let tries = 0; found?.Running === true && found.Pid <= 0 && tries < mostLooks; tries++) {
      await sleep(this.#clock, betweenLooksMs);
      found = await this.#inspect();
    }
    try {
      if (found?.Running === true && found.Pid > 0) process.kill(found.Pid, 'SIGKILL');
    } catch {
      // It ended by itself, or the engine is on another machine, where a closed terminal ends a shell.
    }
    this.#socket.destroy();
  }

  async #inspect(): Promise<DockerExec | undefined> {
    return this.#http.find<DockerExec>({ method: 'GET', path: `/exec/${this.#id}/json` });
  }
}

const mostLooks = 50;
const betweenLooksMs = 20;

async function* oneStream(socket: Duplex): AsyncGenerator<ExecOutput> {
  try {
    for await (const bytes of socket) yield { stream: 'output', bytes: bytes as Buffer };
  } catch (error) {
    if (!isCut(error)) throw error;
  }
}

/** Each piece has a head of eight bytes: which stream it is of, and its length. */
async function* twoStreams(socket: Duplex): AsyncGenerator<ExecOutput> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const { bytes } of oneStream(socket)) {
    rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
    while (rest.length >= frameHeadBytes) {
      const length = rest.readUInt32BE(4);
      if (rest.length < frameHeadBytes + length) break;
      const stream = rest[0] === standardErrorStream ? 'error' : 'output';
      if (length > 0) yield { stream, bytes: rest.subarray(frameHeadBytes, frameHeadBytes + length) };
      rest = rest.subarray(frameHeadBytes + length);
    }
  }
}

const frameHeadBytes = 8;
const standardErrorStream = 2;

/** The stream was destroyed: by us, or because the engine went away. */
function isCut(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || error instanceof Fault;
}
