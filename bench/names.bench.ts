import { type ChildProcess, fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { against, type Benchmark, median, type Row } from './benchmark.ts';

/** As agents are started (src/cli/serving.ts). */
const agentFlags = ['--expose-gc', '--max-semi-space-size=1', '--no-opt', '--no-maglev'];
const inFlight = 64;
const perRound = 40_000;
const rounds = 5;

/**
 * Answers of the resolver for each second of its processor: multivalue A records of 1,000 names with ten addresses each,
 * with EDNS as glibc asks. The peer is a socket that sends back datagrams of the same size, in the same runtime.
 */
export const benchmark: Benchmark = { name: 'names', run };

async function run(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [what, flags] of [
    ['as an agent runs', agentFlags],
    ['with the optimising compiler', []],
  ] as const) {
    const [resolver, echo] = await Promise.all([Server.start('resolver', flags), Server.start('echo', flags)]);
    try {
      const rates: { own: number; bare: number }[] = [];
      for (let round = 0; round < rounds; round++) {
        rates.push({ own: await resolver.rate(), bare: await echo.rate() });
      }
      const own = median(rates.map((each) => each.own));
      rows.push(against(`answers, one core, ${what}`, '1/s', own, median(rates.map((each) => each.bare))));
    } finally {
      resolver.stop();
      echo.stop();
    }
  }
  return rows;
}

class Server {
  readonly #child: ChildProcess;
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start(part: string, flags: readonly string[]): Promise<Server> {
    const child = fork(new URL('names-child.ts', import.meta.url), [part], { execArgv: [...flags] });
    const { port } = await heard<{ port: number }>(child);
    return new Server(child, port);
  }

  /** Answers for each second of its processor. */
  async rate(): Promise<number> {
    const before = await this.#cpuSeconds();
    await ask(this.#port, perRound);
    return perRound / ((await this.#cpuSeconds()) - before);
  }

  stop(): void {
    this.#child.kill();
  }

  async #cpuSeconds(): Promise<number> {
    this.#child.send({});
    const { cpu } = await heard<{ cpu: NodeJS.CpuUsage }>(this.#child);
    return (cpu.user + cpu.system) / 1e6;
  }
}

function heard<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
}

/** Asks that often, with so many questions under way; a lost one would be waited for in vain, so none may be. */
async function ask(port: number, count: number): Promise<void> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: 4 << 20,
    lookup: (host, _, done) => done(null, host, 4),
  });
  const done = Promise.withResolvers<void>();
  let [sent, got] = [0, 0];
  const next = (): void => {
    if (sent < count) socket.send(question(sent++), port, '127.0.0.1');
  };
  socket.on('message', () => {
    got += 1;
    if (got === count) done.resolve();
    else next();
  });
  for (let index = 0; index < inFlight; index++) next();
  await done.promise;
  socket.close();
}

function question(n: number): Buffer {
  const labels = [`service-${n % 1_000}`, 'shop', 'local'];
  const name = Buffer.concat(labels.flatMap((label) => [Buffer.of(label.length), Buffer.from(label)]));
  const header = Buffer.from([n >> 8, n, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  return Buffer.concat([header, name, Buffer.from([0, 0, 1, 0, 1, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0])]);
}
