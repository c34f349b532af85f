import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectHttp2, createServer as createHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ListenerDocument } from '../../../src/wire/link/index.ts';
import { Bed, forward, groupDocument, listener, rule } from './bed.ts';
import { selfSigned } from './certificates.ts';
import { until } from './client.ts';

let bed: Bed;

beforeEach(async () => {
  bed = await Bed.create();
  bed.documents.certificates.set('arn:a', selfSigned('a.test'));
  bed.documents.certificates.set('arn:b', selfSigned('b.test'));
});

afterEach(() => bed[Symbol.asyncDispose]());

function https(port: number, ...rules: ListenerDocument['rules']): ListenerDocument {
  return {
    ...listener(port, ...rules),
    protocol: 'HTTPS',
    sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    defaultCertificateArn: 'arn:a',
    certificateArns: ['arn:b'],
  };
}

interface Seen {
  readonly name: string;
  readonly fingerprint: string;
  readonly protocol: string | null;
  readonly alpn: string | false | null;
}

function handshake(servername: string, options: { maxVersion?: 'TLSv1.2'; port?: number } = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const { port = 443, maxVersion } = options;
    const socket = connectTls(
      {
        host: bed.address(10),
        port,
        servername,
        rejectUnauthorized: false,
        ALPNProtocols: ['h2', 'http/1.1'],
        ...(maxVersion === undefined ? {} : { maxVersion }),
      },
      () => {
        const { subject, fingerprint256 } = socket.getPeerCertificate();
        resolve({
          name: String(subject.CN),
          fingerprint: fingerprint256,
          protocol: socket.getProtocol(),
          alpn: socket.alpnProtocol,
        });
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}

/** A connection that is kept between requests. */
async function openConnection(
  servername: string,
): Promise<AsyncDisposable & { readonly fingerprint: string; get(): Promise<string> }> {
  const socket = connectTls({ host: bed.address(10), port: 443, servername, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  return {
    fingerprint: socket.getPeerCertificate().fingerprint256,
    async get() {
      socket.write(`GET / HTTP/1.1\r\nHost: ${servername}\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      return answer.toString('latin1');
    },
    [Symbol.asyncDispose]: async () => void socket.destroy(),
  };
}

interface Streamed {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function over2(path: string, headers: Readonly<Record<string, string>>, body?: Buffer): Promise<Streamed> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://${bed.address(10)}:443`, { rejectUnauthorized: false });
    session.on('error', reject);
    const stream = session.request({ ':path': path, ':method': body === undefined ? 'GET' : 'POST', ...headers });
    let [answered, trailers]: IncomingHttpHeaders[] = [{}, {}];
    const parts: Buffer[] = [];
    stream.on('response', (received) => {
      answered = received;
    });
    stream.on('trailers', (received) => {
      trailers = received;
    });
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('error', reject);
    stream.on('end', () => {
      session.close();
      resolve({ headers: answered ?? {}, trailers: trailers ?? {}, body: Buffer.concat(parts) });
    });
    stream.end(body);
  });
}

test('each name has its certificate; a new one is in use without a reload; keys are nobody’s to read', async () => {
  bed.group('web', [await bed.target('a')]);
  bed.balancer('web', 10, [https(443, rule(forward('web')))]);
  await bed.healthy('web', 1);
  const first = await handshake('a.test');
  expect(first).toMatchObject({ name: 'a.test', protocol: 'TLSv1.3', alpn: 'h2' });
  expect(await handshake('b.test', { maxVersion: 'TLSv1.2' })).toMatchObject({ name: 'b.test', protocol: 'TLSv1.2' });
  expect((await handshake('other.test')).name).toBe('a.test');
  await using open = await openConnection('a.test');
  expect(await open.get()).toMatch(/^HTTP\/1.1 200 /);
  const pid = await bed.haproxyPid(10);
  const modes = execFileSync('find', [bed.directory, '-name', '*.pem', '-printf', '%m\n'], { encoding: 'utf8' });
  expect(new Set(modes.trim().split('\n'))).toEqual(new Set(['600']));
  bed.documents.certificates.set('arn:a', selfSigned('a.test'));
  await bed.apply();
  await until(async () => (await handshake('a.test')).fingerprint !== first.fingerprint);
  expect(await bed.haproxyPid(10)).toBe(pid);
  // What was open before goes on, with the certificate that it was shown.
  expect(await open.get()).toMatch(/^HTTP\/1.1 200 /);
  expect(open.fingerprint).toBe(first.fingerprint);
});

test('a listener whose certificate is not there is told of, and served once it is', async () => {
  bed.documents.certificates.delete('arn:a');
  bed.group('web', [await bed.target('a')]);
  bed.balancer('web', 10, [https(443, rule(forward('web')))]);
  const { report } = await bed.reported(({ kind }) => kind === 'listener');
  expect(report).toMatchObject({ problem: 'the certificate arn:a is not there' });
  bed.documents.certificates.set('arn:a', selfSigned('a.test'));
  await bed.apply();
  await until(() =>
    handshake('a.test').then(
      ({ name }) => name === 'a.test',
      () => false,
    ),
  );
});

test('HTTP/2 to clients, and gRPC through to targets with its trailers; its health is asked in gRPC', async () => {
  const web = await bed.target('web', (request, response) => response.end(JSON.stringify(request.headers)));
  const server = createHttp2((request, response) => {
    request.resume();
    request.on('end', () => {
      const known = request.url === '/test.Echo/Say';
      response.writeHead(200, { 'content-type': 'application/grpc' });
      response.addTrailers({ 'grpc-status': known ? '0' : '12', 'grpc-message': known ? 'fine' : 'none' });
      response.end(Buffer.from([0, 0, 0, 0, 2, 104, 105]));
    });
  });
  const port = await bed.listen(server);
  const grpc = { id: 'grpc', address: bed.targetAddress, port, draining: false };
  const { healthCheck } = groupDocument('grpc', []);
  bed.group('web', [web]);
  bed.group('grpc', [grpc], {
    protocolVersion: 'GRPC',
    healthCheck: { ...healthCheck, path: '/AWS.ALB/healthcheck', matcher: '12' },
  });
  bed.balancer('web', 10, [
    https(
      443,
      rule(forward('grpc'), { field: 'http-header', name: 'content-type', values: ['application/grpc'] }),
      rule(forward('web')),
    ),
  ]);
  await Promise.all([bed.healthy('web', 1), bed.healthy('grpc', 1)]);
  const page = await over2('/x', {});
  expect(page.headers[':status']).toBe(200);
  expect(JSON.parse(page.body.toString())).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' });
  const said = await over2(
    '/test.Echo/Say',
    { 'content-type': 'application/grpc', te: 'trailers' },
    Buffer.from([0, 0, 0, 0, 2, 104, 105]),
  );
  expect(said.headers).toMatchObject({ ':status': 200, 'content-type': 'application/grpc' });
  expect(said.trailers).toMatchObject({ 'grpc-status': '0', 'grpc-message': 'fine' });
  expect(said.body).toEqual(Buffer.from([0, 0, 0, 0, 2, 104, 105]));
});
