import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { messageOf } from '#base';
import { SystemClock } from '../src/main/system-clock.ts';
import { freePort } from '../test/support/free-port.ts';
import { type Answer, endProcess, type Installation, newInstallation } from '../test/support/installation.ts';
import { against, type Benchmark, median, type Note, type Row } from './benchmark.ts';
import { load, signedCall, startBareServer } from './load/load.ts';
import { joinQuietHost } from './quiet-host.ts';

const storedTasks = 5_000;
const tasksPerCall = 10;
const connections = 64;
const durationMs = 3_000;
const rounds = 3;
/** Different calls of one operation, so that no two in a row are the same. */
const variants = 64;
const cluster = 'bench';

/**
 * Signed calls over kept-open connections, from a generator in a process of its own. The peers take turns with us:
 * moto_server, the best known stand-in for the ECS API; and for reads a bare `node:http` server that sends the same
 * bytes. The real process, its store on disk; every signature is verified, every call authorized.
 */
export const benchmark: Benchmark = { name: 'API: requests per second, signed', run };

async function run(): Promise<(Row | Note)[]> {
  await using installation = await newInstallation();
  await installation.up('--no-node');
  const ours = new Roadstead(installation);
  await prepare(ours);
  using _ = await joinQuietHost(installation, cluster);
  await fill(ours);
  const moto = await Moto.start().catch(messageOf);
  if (typeof moto === 'string') {
    const rows = [...(await measureCalls(ours)), ...(await measureReads(ours))];
    return [...rows, { note: `not compared with moto_server: ${moto}` }];
  }
  await using theirs = moto;
  await prepare(theirs);
  await fill(theirs);
  return [...(await measureCalls(ours, theirs)), ...(await measureReads(ours))];
}

/** A server of the ECS API, and how it is called. */
interface Side {
  readonly port: number;
  readonly launchType: 'EC2' | 'FARGATE';
  call(operation: string, input: object): Promise<Answer>;
  /** The call as text, signed. */
  signed(operation: string, input: object): string;
}

class Roadstead implements Side {
  readonly launchType = 'EC2';
  readonly #installation: Installation;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  get port(): number {
    return this.#installation.port;
  }

  call(operation: string, input: object): Promise<Answer> {
    return this.#installation.call(operation, input);
  }

  signed(operation: string, input: object): string {
    const { clock } = this.#installation;
    return signedCall(operation, input, { port: this.port, credentials: this.#installation.keys(), clock });
  }
}

/** moto_server in a process of its own. It places nothing, so its tasks ask for no instance; it checks no signature. */
class Moto implements Side, AsyncDisposable {
  readonly launchType = 'FARGATE';
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  /** Rejects when it is not installed, or does not start. */
  static async start(): Promise<Moto> {
    const port = await freePort();
    const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    await once(child, 'spawn');
    const moto = new Moto(port, child);
    const deadline = performance.now() + 60_000;
    while (!(await moto.#answers())) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error('it did not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return moto;
  }

  async call(operation: string, input: object): Promise<Answer> {
    const response = await send(this.port, this.signed(operation, input));
    if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
    return await response.json();
  }

  signed(operation: string, input: object): string {
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    return signedCall(operation, input, { port: this.port, credentials, clock: new SystemClock() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid !== undefined) await endProcess(this.#child.pid);
  }

  async #answers(): Promise<boolean> {
    return await this.call('ListClusters', {}).then(
      () => true,
      () => false,
    );
  }
}

async function prepare(side: Side): Promise<void> {
  await side.call('CreateCluster', { clusterName: cluster });
  await side.call('RegisterTaskDefinition', {
    family: 'bench',
    networkMode: 'host',
    containerDefinitions: [
      {
        name: 'main',
        image: 'busybox:latest',
        memory: 32,
        essential: true,
        command: ['sleep', '3600'],
        environment: [{ name: 'STAGE', value: 'bench' }],
      },
    ],
  });
}

function runTaskInput({ launchType }: Side, count: number): object {
  return { cluster, taskDefinition: 'bench', count, launchType };
}

/** Tasks to be asked about. */
async function fill(side: Side): Promise<void> {
  for (let stored = 0; stored < storedTasks; stored += tasksPerCall) {
    const { tasks } = await side.call('RunTask', runTaskInput(side, tasksPerCall));
    if (tasks.length !== tasksPerCall) throw new Error('a task was not placed');
  }
}

interface Call {
  readonly what: string;
  readonly requests: (side: Side) => Promise<readonly string[]>;
}

const describe1: Call = {
  what: `DescribeTasks(1) of ${storedTasks}`,
  requests: async (side) =>
    (await taskArns(side)).slice(0, variants).map((arn) => side.signed('DescribeTasks', { cluster, tasks: [arn] })),
};
const describe100: Call = {
  what: 'DescribeTasks(100)',
  requests: async (side) => {
    const arns = await taskArns(side);
    return Array.from({ length: variants }, (_, n) =>
      side.signed('DescribeTasks', { cluster, tasks: [...arns.slice(n), ...arns.slice(0, n)] }),
    );
  },
};
const list: Call = {
  what: 'ListTasks',
  requests: async (side) => [side.signed('ListTasks', { cluster })],
};
const runTask: Call = {
  what: 'RunTask(1), durable',
  requests: async (side) => [side.signed('RunTask', runTaskInput(side, 1))],
};

async function taskArns(side: Side): Promise<string[]> {
  const { taskArns } = await side.call('ListTasks', { cluster });
  return taskArns.slice(0, 100);
}

async function measureCalls(ours: Side, theirs?: Side): Promise<Row[]> {
  const rows: Row[] = [];
  // The last of them adds tasks.
  for (const { what, requests } of [describe1, describe100, list, runTask]) {
    const sides = theirs === undefined ? [ours] : [ours, theirs];
    const orders = await Promise.all(sides.map(async (side) => order(side.port, await requests(side))));
    const [own = 0, peer] = await inTurns(orders);
    rows.push(against(`${what} beside moto_server`, 'req/s', own, peer));
  }
  return rows;
}

/** Reads beside a server that has nothing to find out: it has the answer's bytes. */
async function measureReads(ours: Side): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { what, requests } of [describe1, describe100, list]) {
    const texts = await requests(ours);
    await using bare = await startBareServer(await answerOf(ours, texts[0] ?? ''));
    const [own = 0, peer] = await inTurns([order(ours.port, texts), order(bare.port, texts)]);
    rows.push(against(`${what} beside bare node:http, same bytes`, 'req/s', own, peer));
  }
  return rows;
}

function order(port: number, requests: readonly string[]): Parameters<typeof load>[0] {
  return { port, requests, connections, durationMs };
}

/** The median of the requests per second of each, after a first round that warms them up. */
async function inTurns(orders: readonly Parameters<typeof load>[0][]): Promise<number[]> {
  const measured: number[][] = orders.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, each] of orders.entries()) {
      const { perSecond } = await load(each);
      if (round > 0) measured[index]?.push(perSecond);
    }
  }
  return measured.map(median);
}

/** What the server answers a call with. */
async function answerOf(
  side: Side,
  text: string,
): Promise<{ readonly headers: Record<string, string>; readonly body: string }> {
  const response = await send(side.port, text);
  const own = ['connection', 'keep-alive', 'date', 'transfer-encoding'];
  return {
    headers: Object.fromEntries([...response.headers].filter(([name]) => !own.includes(name))),
    body: await response.text(),
  };
}

/** Sends a call that was prepared as text. */
function send(port: number, text: string): Promise<Response> {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const lines = head.split('\r\n').slice(1);
  const headers = lines.map((line) => line.split(': ', 2) as [string, string]);
  const sent = headers.filter(([name]) => name !== 'host' && name !== 'connection' && name !== 'content-length');
  return fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers: sent, body });
}
