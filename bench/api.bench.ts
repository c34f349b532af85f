import { messageOf } from '#base';
import { type Installation, newInstallation } from '../test/support/installation.ts';
import { Moto, Roadstead, type Side, send } from './api-sides.ts';
import { against, type Benchmark, median, type Note, type Options, type Row } from './benchmark.ts';
import { load, startBareServer } from './load/load.ts';
import { joinQuietHost } from './quiet-host.ts';
import { populate, serviceName } from './service-population.ts';

const storedTasks = 5_000;
const tasksPerCall = 10;
const connections = 64;
const durationMs = 3_000;
const rounds = 3;
/** Different calls of one operation, so that no two in a row are the same. */
const variants = 64;
const cluster = 'bench';
const storedServices = 5_000;
const servicesCluster = 'services';
const mostServicesPerCall = 10;
/** How many of the stored tasks or services are asked about. */
const askedAbout = 100;

/**
 * Signed calls over kept-open connections, from a generator in a process of its own. The peers take turns with us:
 * moto_server, the best known stand-in for the ECS API; and for reads a bare `node:http` server that sends the same
 * bytes. The real process, its store on disk; every signature is verified, every call authorized.
 */
export const benchmark: Benchmark = {
  name: 'API: requests per second, signed',
  options: {
    only: 'the calls whose names begin so, e.g. DescribeServices',
    'cpu-prof': 'a folder for profiles of all processes, the server among them, written as they end',
  },
  run,
};

async function run({ only = '', 'cpu-prof': profiles }: Options): Promise<(Row | Note)[]> {
  const env = profiles === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` };
  await using installation = await newInstallation(env);
  await installation.up('--no-node', '--healthy-after', '0');
  const asked = (calls: readonly Call[]): Call[] => calls.filter(({ what }) => what.startsWith(only));
  return [
    ...(await measureTasks(installation, { peers: asked([...taskReads, runTask]), bare: asked(taskReads) })),
    ...(await measureServices(installation, asked(serviceReads))),
  ];
}

/** Calls about tasks: beside moto_server, and reads beside a bare server too. */
async function measureTasks(
  installation: Installation,
  { peers, bare }: { readonly peers: readonly Call[]; readonly bare: readonly Call[] },
): Promise<(Row | Note)[]> {
  if (peers.length === 0) return [];
  const ours = new Roadstead(installation);
  await prepare(ours);
  using _ = await joinQuietHost(installation, cluster);
  await fill(ours);
  const moto = await Moto.start().catch(messageOf);
  if (typeof moto === 'string') {
    const rows = await measureCalls(peers, ours);
    return [...rows, ...(await measureReads(bare, ours)), { note: `not compared with moto_server: ${moto}` }];
  }
  await using theirs = moto;
  await prepare(theirs);
  await fill(theirs);
  return [...(await measureCalls(peers, ours, theirs)), ...(await measureReads(bare, ours))];
}

async function measureServices(installation: Installation, reads: readonly Call[]): Promise<Row[]> {
  if (reads.length === 0) return [];
  await using _ = await populate(installation, {
    cluster: servicesCluster,
    services: storedServices,
    busy: askedAbout,
  });
  return await measureReads(reads, new Roadstead(installation));
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
const taskReads = [describe1, describe100, list];
const runTask: Call = {
  what: 'RunTask(1), durable',
  requests: async (side) => [side.signed('RunTask', runTaskInput(side, 1))],
};

const serviceReads = [1, mostServicesPerCall].map(
  (count): Call => ({
    what: `DescribeServices(${count}) of ${storedServices}`,
    requests: async (side) =>
      Array.from({ length: variants }, (_, n) => {
        const services = Array.from({ length: count }, (__, index) => serviceName(n + index));
        return side.signed('DescribeServices', { cluster: servicesCluster, services });
      }),
  }),
);

async function taskArns(side: Side): Promise<string[]> {
  const { taskArns } = await side.call('ListTasks', { cluster });
  return taskArns.slice(0, askedAbout);
}

/** The calls in this order: one that adds tasks comes last. */
async function measureCalls(calls: readonly Call[], ours: Side, theirs?: Side): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { what, requests } of calls) {
    const sides = theirs === undefined ? [ours] : [ours, theirs];
    const orders = await Promise.all(sides.map(async (side) => order(side.port, await requests(side))));
    const [own = 0, peer] = await inTurns(orders);
    rows.push(against(`${what} beside moto_server`, 'req/s', own, peer));
  }
  return rows;
}

/** Reads beside a server that has nothing to find out: it has the answer's bytes. */
async function measureReads(reads: readonly Call[], ours: Side): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { what, requests } of reads) {
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
