import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { namespacePath } from '../src/dataplane/balancing/namespaces.ts';
import { Bed, forward, groupDocument, listener, rule } from '../test/e2e/balancing/bed.ts';
import { call, until } from '../test/e2e/balancing/client.ts';
import { against, type Benchmark, median, type Row, timed } from './benchmark.ts';
import { load } from './load/load.ts';

/** The two take turns, so that what else the machine does hits both alike; the middle one of the rounds counts. */
const rounds = 7;
const roundMs = 3_000;
const connections = 32;
const manyRules = 500;
const targetsEach = 10;

/**
 * An application load balancer beside a bare HAProxy in the same namespace, with the same targets; a network load balancer
 * beside its target itself; and how long a large configuration takes from its documents to its last rule's answer. Needs
 * root and haproxy.
 */
export const benchmark: Benchmark = { name: 'balancing', run };

async function run(): Promise<Row[]> {
  await using bed = await Bed.create();
  await using stack = new AsyncDisposableStack();
  const port = 18_080;
  // As a task: in a namespace of its own behind a device of the host. Beside a target on the host itself, which is reached
  // by the loopback, a load balancer would be charged for the task's device too.
  const { address } = await bed.hostedProgram(20, 'setInterval(() => {}, 1e6)');
  const inTask = namespacePath(bed.interfaceId(20));
  stack.use(await startHaproxy(bed, 'target', targetConfiguration(address, port), inTask));
  const target = { id: 'target', address, port, draining: false };
  bed.group('web', [target]);
  const { healthCheck } = groupDocument('tcp', []);
  bed.group('tcp', [target], { protocol: 'TCP', healthCheck: { ...healthCheck, protocol: 'TCP' } });
  bed.balancer('web', 10, [
    listener(80, rule(forward('web'), { field: 'path-pattern', values: ['/*'] }), rule(forward('web'))),
  ]);
  bed.balancer('net', 11, [{ ...listener(80, rule(forward('tcp'))), protocol: 'TCP' }], { type: 'network' });
  await Promise.all([bed.healthy('web', 1), bed.healthy('tcp', 1)]);
  const bare = bareConfiguration(bed.address(10), { address, port });
  stack.use(await startHaproxy(bed, 'bare', bare, namespacePath(bed.interfaceId(10))));
  const [alb, nlb, direct] = [
    { host: bed.address(10), port: 80 },
    { host: bed.address(11), port: 80 },
    { host: address, port },
  ];
  return [
    await compare('HTTP through an application load balancer, keep-alive', alb, { host: bed.address(10), port: 8081 }),
    await compare('HTTP through a network load balancer, keep-alive', nlb, direct),
    await compare('the same, a connection for each request', nlb, direct, 'close'),
    await manyTargets(bed),
  ];
}

interface Place {
  readonly host: string;
  readonly port: number;
}

async function compare(what: string, ours: Place, peer: Place, connection = 'keep-alive'): Promise<Row> {
  const measured: { readonly ours: number; readonly peer: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    measured.push({ peer: await rate(peer, connection), ours: await rate(ours, connection) });
  }
  const steady = measured.slice(1);
  const middle = (of: 'ours' | 'peer'): number => median(steady.map((each) => each[of]));
  return against(what, 'requests/s', middle('ours'), middle('peer'));
}

async function rate({ host, port }: Place, connection: string): Promise<number> {
  const requests = [
    `GET /path?x=1 HTTP/1.1\r\nHost: web.test\r\nUser-Agent: bench\r\nConnection: ${connection}\r\n\r\n`,
  ];
  return (await load({ host, port, requests, connections, durationMs: roundMs })).perSecond;
}

/** From the documents to the answer of the last rule, where a small configuration ran before. */
async function manyTargets(bed: Bed): Promise<Row> {
  const unchecked = { healthCheck: { ...groupDocument('x', []).healthCheck, enabled: false } };
  const names = Array.from({ length: manyRules }, (_, index) => `many-${index}`);
  const last = bed.documents.targetGroups.get([...bed.documents.targetGroups.keys()][0] ?? '')?.targets ?? [];
  const targets = names.map((_, index) =>
    Array.from({ length: targetsEach }, (_, each) => ({
      id: `${index}-${each}`,
      address: bed.targetAddress,
      port: 20_000 + index * targetsEach + each,
      draining: false,
    })),
  );
  const { ms } = await timed(async () => {
    names.forEach((name, index) => bed.group(name, index === manyRules - 1 ? last : (targets[index] ?? []), unchecked));
    const rules = names.map((name, index) =>
      rule(forward(name), { field: 'path-pattern', values: [`/many/${index}`] }),
    );
    bed.balancer('web', 10, [listener(80, ...rules, rule({ type: 'fixed-response', statusCode: 404 }))]);
    const statusOf = async (path: string): Promise<number> =>
      (await call({ host: bed.address(10), port: 80, path })).status;
    // What ran before answers everything with 200.
    await until(async () => (await statusOf('/none')) === 404);
    if ((await statusOf(`/many/${manyRules - 1}`)) !== 200) throw new Error('the last rule has no target');
  });
  return against(`${manyRules} rules, ${manyRules * targetsEach} targets in effect`, 'ms', ms, undefined);
}

function targetConfiguration(address: string, port: number): string {
  return `defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
frontend target
  bind ${address}:${port}
  http-request return status 200 content-type text/plain string ${'x'.repeat(500)}
`;
}

/** What a load balancer is at the least: the same front and back, and nothing in between. */
function bareConfiguration(address: string, target: { readonly address: string; readonly port: number }): string {
  return `global
  nbthread 1
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
frontend bare
  bind ${address}:8081
  default_backend web
backend web
  balance roundrobin
  server a ${target.address}:${target.port}
`;
}

async function startHaproxy(
  bed: Bed,
  name: string,
  configuration: string,
  namespace?: string,
): Promise<AsyncDisposable> {
  const path = `${bed.directory}/${name}.cfg`;
  await writeFile(path, configuration);
  const command = ['haproxy', '-db', '-f', path];
  const [program = '', ...args] = namespace === undefined ? command : ['nsenter', `--net=${namespace}`, ...command];
  const child: ChildProcess = spawn(program, args, { stdio: 'inherit' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const [host = '', port = ''] = (/bind (\S+)/.exec(configuration)?.[1] ?? '').split(':');
  await until(() =>
    call({ host, port: Number(port) }).then(
      () => true,
      () => false,
    ),
  );
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
