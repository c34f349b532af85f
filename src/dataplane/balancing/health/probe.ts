import { request } from 'node:http';
import { connect as connectHttp2, constants } from 'node:http2';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '#base';
import type { TargetDocument, TargetGroupDocument } from '#wire/link';
import { matches, type Outcome } from './state.ts';

/** A connection towards a target. */
export interface Dialled {
  readonly stream: Duplex;
  /** Resolves when the target has taken it; rejects when it did not. */
  readonly connected: Promise<void>;
}

/** Opens connections as the load balancer's node: from its address, as requests come. */
export interface TargetDialer {
  dial(address: string, port: number): Dialled;
}

export interface Probe {
  readonly group: Pick<TargetGroupDocument, 'healthCheck' | 'protocolVersion'>;
  readonly target: Pick<TargetDocument, 'address' | 'port'>;
}

/** One check of a target; never throws. Source: "Health checks for your target groups". */
export function probe(
  { group, target }: Probe,
  { dialer, clock }: { dialer: TargetDialer; clock: Clock },
): Promise<Outcome> {
  const { healthCheck } = group;
  const port = healthCheck.port === 'traffic-port' ? target.port : Number(healthCheck.port);
  const { stream, connected } = dialer.dial(target.address, port);
  return new Promise((resolve) => {
    let done = false;
    const end = (outcome: Outcome): void => {
      if (done) return;
      done = true;
      timer.cancel();
      stream.destroy();
      resolve(outcome);
    };
    const timer = clock.setTimer(healthCheck.timeoutSeconds * 1000, () => end({ kind: 'timeout' }));
    stream.on('error', () => end({ kind: 'failed' }));
    connected.catch(() => end({ kind: 'failed' }));
    const code = (value: number): void =>
      end(matches(healthCheck.matcher, value) ? { kind: 'passed' } : { kind: 'code', code: value });
    if (healthCheck.protocol === 'TCP') {
      connected.then(
        () => end({ kind: 'passed' }),
        () => {},
      );
      return;
    }
    const host = `${target.address}:${port}`;
    const secure = healthCheck.protocol === 'HTTPS';
    const http2 = group.protocolVersion !== 'HTTP1';
    const over = secure ? encrypted(stream, http2) : stream;
    over.on('error', () => end({ kind: 'failed' }));
    const told = { path: healthCheck.path, host, secure, code, failed: () => end({ kind: 'failed' }) };
    if (!http2) askHttp1(over, told);
    else askHttp2(over, { ...told, grpc: group.protocolVersion === 'GRPC' });
  });
}

interface Asked {
  readonly path: string;
  readonly host: string;
  readonly secure: boolean;
  readonly code: (code: number) => void;
  readonly failed: () => void;
}

const userAgent = 'ELB-HealthChecker/2.0';

/** Whoever the target says it is: load balancers do not verify their targets. */
function encrypted(stream: Duplex, http2: boolean): Duplex {
  return connectTls({ socket: stream, rejectUnauthorized: false, ...(http2 ? { ALPNProtocols: ['h2'] } : {}) });
}

function askHttp1(stream: Duplex, { path, host, code, failed }: Asked): void {
  const headers = { host, connection: 'close', 'user-agent': userAgent, 'accept-encoding': 'gzip, compressed' };
  const asked = request({ createConnection: () => stream, method: 'GET', path, headers }, (response) => {
    response.on('error', failed);
    code(response.statusCode ?? 0);
  });
  asked.on('error', failed);
  asked.end();
}

/** gRPC: an empty message; the status is in the trailers, or among the headers of an answer without a message. */
function askHttp2(
  stream: Duplex,
  { path, host, secure, grpc, code, failed }: Asked & { readonly grpc: boolean },
): void {
  const session = connectHttp2(`${secure ? 'https' : 'http'}://${host}`, { createConnection: () => stream });
  session.on('error', failed);
  session.on('close', failed);
  const headers = grpc
    ? { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' }
    : { ':method': 'GET' };
  const asked = session.request({ ...headers, ':path': path, 'user-agent': userAgent }, { endStream: !grpc });
  let status = Number.NaN;
  const read = (received: Readonly<Record<string, unknown>>): void => {
    const found = grpc ? received['grpc-status'] : received[constants.HTTP2_HEADER_STATUS];
    if (found !== undefined) status = Number(found);
  };
  asked.on('error', failed);
  asked.on('response', (received) => {
    read(received);
    if (!grpc) code(status);
  });
  asked.on('trailers', read);
  asked.on('end', () => (Number.isNaN(status) ? failed() : code(status)));
  asked.resume();
  if (grpc) asked.end(Buffer.alloc(5));
}
