import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { selfSigned } from '../test/e2e/balancing/certificates.ts';
import { until } from '../test/e2e/balancing/client.ts';
import { type BedTask, MeshBed } from '../test/e2e/mesh/bed.ts';
import { against, type Benchmark, median, type Row } from './benchmark.ts';
import { load } from './load/load.ts';

/** All take turns, so that what else the machine does hits each alike; the first round is not counted. */
const rounds = 6;
const roundMs = 2_000;
const connections = 32;

/** Within both tasks: where the application, and the bare HAProxy, are called. */
const ports = { application: 8080, direct: 9100, bare: 9200 };
/** What names mean in the client's task: of the endpoint without TLS, and of the one with. */
const names = { plain: '127.255.0.1', tls: '127.255.0.2' };

/**
 * Requests from one task to another by Service Connect, through the proxies of both, without and with TLS between them;
 * beside a bare pair of HAProxy at the same places, and beside the application itself. Needs root and haproxy.
 */
export const benchmark: Benchmark = { name: 'mesh', run };

async function run(): Promise<Row[]> {
  await using bed = await MeshBed.create();
  await using stack = new AsyncDisposableStack();
  const certificate = selfSigned('api.internal');
  bed.documents.certificates.set('arn:tls', certificate);
  bed.endpoint('plain');
  bed.endpoint('tls', { tls: { serverName: 'api.internal', authority: certificate.certificate } });
  const { application: containerPort } = ports;
  const server = await bed.task({
    ingress: [
      { endpointId: 'plain', containerPort, listenerPort: containerPort },
      { endpointId: 'tls', containerPort, listenerPort: 8443, certificateArn: 'arn:tls' },
    ],
  });
  const client = await bed.task({
    egress: [
      { endpointId: 'plain', hostName: 'plain', port: 80, address: names.plain },
      { endpointId: 'tls', hostName: 'tls', port: 80, address: names.tls },
    ],
  });
  await bed.targets('plain', server);
  await bed.targets('tls', { address: server.address, port: 8443 });
  await writeFile(`${bed.directory}/bare.pem`, `${certificate.certificate}\n${certificate.privateKey}\n`);
  await writeFile(`${bed.directory}/bare.crt`, certificate.certificate);
  const { directory } = bed;
  stack.use(await haproxy(server, `${directory}/server.cfg`, serverSide(server.address, directory)));
  stack.use(await haproxy(client, `${directory}/client.cfg`, clientSide(server.address, directory)));
  const direct = { host: server.address, port: ports.direct };
  const [plain, tls] = [
    await turns(client, [{ host: names.plain, port: 80 }, { host: '127.0.0.1', port: ports.bare }, direct]),
    await turns(client, [{ host: names.tls, port: 80 }, { host: '127.0.0.1', port: ports.bare + 1 }, direct]),
  ];
  return [
    against('HTTP by name, beside a bare pair of HAProxy', 'requests/s', plain[0].perSecond, plain[1].perSecond),
    against('the same, half of the answers within', 'ms', plain[0].p50Ms, plain[1].p50Ms),
    against('HTTP by name, beside the application itself', 'requests/s', plain[0].perSecond, plain[2].perSecond),
    against('with TLS, beside a bare pair of HAProxy with TLS', 'requests/s', tls[0].perSecond, tls[1].perSecond),
    against('the same, half of the answers within', 'ms', tls[0].p50Ms, tls[1].p50Ms),
    against('with TLS, beside the application itself', 'requests/s', tls[0].perSecond, tls[2].perSecond),
  ];
}

interface Place {
  readonly host: string;
  readonly port: number;
}
interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
}

async function turns(client: BedTask, places: readonly [Place, Place, Place]): Promise<[Figures, Figures, Figures]> {
  const found: Figures[][] = places.map(() => []);
  const request = 'GET /path?x=1 HTTP/1.1\r\nHost: api\r\nUser-Agent: bench\r\nConnection: keep-alive\r\n\r\n';
  for (let round = 0; round < rounds; round++) {
    for (const [index, place] of places.entries()) {
      const order = { ...place, requests: [request], connections, durationMs: roundMs };
      const figures = await load(order, `/run/netns/${client.namespace}`);
      if (round > 0) found[index]?.push(figures);
    }
  }
  const middle = (index: number): Figures => ({
    perSecond: median((found[index] ?? []).map(({ perSecond }) => perSecond)),
    p50Ms: median((found[index] ?? []).map(({ p50Ms }) => p50Ms)),
  });
  return [middle(0), middle(1), middle(2)];
}

const head = `global
  nbthread 1
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
`;

/** The application, and what a proxy in front of it is at the least. */
function serverSide(address: string, directory: string): string {
  return `${head}frontend application
  bind 127.0.0.1:${ports.application}
  bind ${address}:${ports.direct}
  http-request return status 200 content-type text/plain string ${'x'.repeat(500)}
frontend bare
  bind ${address}:${ports.bare}
  bind ${address}:${ports.bare + 1} ssl crt ${directory}/bare.pem ssl-min-ver TLSv1.3
  default_backend application
backend application
  server a 127.0.0.1:${ports.application}
`;
}

function clientSide(address: string, directory: string): string {
  const verified = `ssl verify required ca-file ${directory}/bare.crt sni str(api.internal) verifyhost api.internal`;
  return `${head}frontend plain
  bind 127.0.0.1:${ports.bare}
  default_backend plain
backend plain
  server a ${address}:${ports.bare}
frontend tls
  bind 127.0.0.1:${ports.bare + 1}
  default_backend tls
backend tls
  server a ${address}:${ports.bare + 1} ${verified}
`;
}

async function haproxy(task: BedTask, path: string, configuration: string): Promise<AsyncDisposable> {
  await writeFile(path, configuration);
  const program = ['nsenter', [`--net=/run/netns/${task.namespace}`, 'haproxy', '-db', '-f', path]] as const;
  const child: ChildProcess = spawn(...program, { stdio: 'inherit' });
  const ended = once(child, 'exit');
  const port = /bind \S+:(\d+)/.exec(configuration)?.[1];
  await until(() => {
    const listening = task.run('ss', '-Hltn', `sport = :${port}`);
    return listening !== '';
  });
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
