import type { MeshEgress, MeshEndpointDocument, MeshShare } from '#wire/link';
import { type RenderedBackend, type RenderedServer, word } from '../../haproxy/index.ts';
import { type AccessLogSettings, connectionLogLines, requestLogLines } from './access-log.ts';
import { askElsewhere, idempotent, meshHeader, ownAnswers } from './answers.ts';
import { connectSeconds, ejectionSeconds, failuresUntilEjection, idleTime, requestTime, retries } from './limits.ts';
import { authorityFile, egressName, shareName } from './names.ts';
import { targetTls } from './tls.ts';

const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** A name that the task's containers call: at its own loopback address. Without an endpoint it turns everybody away. */
export function egressFrontend(
  egress: MeshEgress,
  endpoint: MeshEndpointDocument | undefined,
  accessLog: AccessLogSettings | undefined,
): readonly string[] {
  if (!ipv4.test(egress.address)) return [];
  const head = [`frontend ${egressName(egress)}`, `  bind ${egress.address}:${Math.trunc(egress.port)}`];
  if (endpoint === undefined) {
    return [...head, '  mode tcp', '  timeout client 10s', '  tcp-request connection reject'];
  }
  const idle = idleTime(endpoint);
  if (endpoint.protocol === 'tcp') {
    const log = accessLog === undefined ? [] : connectionLogLines(accessLog);
    const lines = ['mode tcp', `timeout client ${idle}`, ...log, ...choices(egress.endpointId, endpoint)];
    return [...head, ...lines.map((line) => `  ${line}`)];
  }
  const log = accessLog === undefined ? [] : requestLogLines(accessLog);
  const lines = [
    'mode http',
    // Without it, a reload cuts off whoever sends a request on a connection that was idle just now.
    'option idle-close-on-response',
    `timeout client ${idle}`,
    `timeout http-keep-alive ${idle}`,
    `timeout http-request ${idle}`,
    ...log,
    `http-request set-header ${meshHeader} 1`,
    'http-response set-var(txn.answered) bool(true)',
    ...choices(egress.endpointId, endpoint),
  ];
  return [...head, ...lines.map((line) => `  ${line}`)];
}

/** Which share gets a request: by the test's header, then by weight among those that have anybody. */
function choices(endpointId: string, { protocol, shares, test }: MeshEndpointDocument): readonly string[] {
  const http = protocol !== 'tcp';
  const draw = http ? 'txn.draw' : 'sess.draw';
  const weighted = shares.filter(({ weight }) => Math.trunc(weight) > 0);
  const total = weighted.reduce((sum, { weight }) => sum + Math.trunc(weight), 0);
  const tested = shares.find(({ name }) => name === test?.share);
  const toTest = http && test !== undefined && tested !== undefined ? testCondition(test) : undefined;
  const lines = toTest === undefined ? [] : [`use_backend ${shareName(endpointId, tested?.name ?? '')} if ${toTest}`];
  const [first, ...others] = weighted;
  if (first === undefined) return [...lines, `default_backend ${shareName(endpointId, '')}`];
  if (others.length > 0) {
    lines.push(`${http ? 'http-request' : 'tcp-request connection'} set-var(${draw}) rand(${total})`);
    let below = 0;
    for (const { name, weight } of weighted) {
      below += Math.trunc(weight);
      const drawn = `{ var(${draw}) -m int lt ${below} }`;
      const backend = shareName(endpointId, name);
      // A process that is stopping counts no servers, though it still asks them.
      lines.push(`use_backend ${backend} if ${drawn} { nbsrv(${backend}) gt 0 } or ${drawn} { stopping }`);
    }
    for (const { name } of weighted) {
      const backend = shareName(endpointId, name);
      lines.push(`use_backend ${backend} if { nbsrv(${backend}) gt 0 }`);
    }
  }
  // Rules that decide come before those that choose.
  const isRule = (line: string): boolean => !line.startsWith('use_backend');
  return [
    ...lines.filter(isRule),
    ...lines.filter((line) => !isRule(line)),
    `default_backend ${shareName(endpointId, first.name)}`,
  ];
}

const headerName = /^[A-Za-z0-9!#$&*+.^_|~-]+$/;

function testCondition({ headerName: name, exact }: NonNullable<MeshEndpointDocument['test']>): string | undefined {
  if (!headerName.test(name)) return undefined;
  const header = `req.hdr(${word(name)})`;
  return exact === undefined ? `{ ${header} -m found }` : `{ ${header} -m str -- ${word(exact)} }`;
}

/** The shares of an endpoint, and one that nobody is in where none has weight. */
export function egressBackends(
  endpointId: string,
  endpoint: MeshEndpointDocument,
  files: string,
): readonly RenderedBackend[] {
  const empty: MeshShare = { name: '', weight: 0, targets: [] };
  const shares = endpoint.shares.some(({ weight }) => Math.trunc(weight) > 0)
    ? endpoint.shares
    : [...endpoint.shares, empty];
  const options = targetOptions(endpointId, endpoint, files);
  return shares.map((share) => ({
    name: shareName(endpointId, share.name),
    lines: backendLines(endpoint),
    serverOptions: [options, watched].filter((part) => part !== '').join(' '),
    servers: share.targets.flatMap((target) => serversOf(target, options)),
  }));
}

/**
 * A target that fails so many connections in a row is left alone for a while: the check that follows takes it back, if it
 * takes connections then. A check at any other time decides nothing.
 */
const watched = [
  `check inter 1h fastinter ${ejectionSeconds}s downinter ${ejectionSeconds}s rise 1 fall 1000`,
  `observe layer4 error-limit ${failuresUntilEjection} on-error mark-down`,
].join(' ');

/** A target, and the same once more for when all are left alone: then each is as good as any other. */
function serversOf(target: MeshShare['targets'][number], options: string): readonly RenderedServer[] {
  if (!ipv4.test(target.address)) return [];
  const name = `${target.address}_${Math.trunc(target.port)}`;
  const address = `${target.address}:${Math.trunc(target.port)}`;
  const last = { name: `${name}_last`, address, enabled: true, options: `${options} backup`.trim() };
  return [{ name, address, enabled: true }, last];
}

function targetOptions(endpointId: string, { protocol, tls }: MeshEndpointDocument, files: string): string {
  const h2 = protocol === 'http2' || protocol === 'grpc';
  if (tls === undefined) return h2 ? 'proto h2' : '';
  const alpn = protocol === 'tcp' ? undefined : h2 ? 'h2' : 'http/1.1';
  return targetTls(tls.serverName, `${files}/${authorityFile(endpointId)}`, alpn);
}

function backendLines(endpoint: MeshEndpointDocument): readonly string[] {
  const common = [
    'balance roundrobin',
    `retries ${retries}`,
    'option redispatch 1',
    'option allbackups',
    `timeout connect ${connectSeconds}s`,
  ];
  if (endpoint.protocol === 'tcp') return ['mode tcp', ...common, `timeout server ${idleTime(endpoint)}`];
  return [
    'mode http',
    ...common,
    `timeout server ${requestTime(endpoint)}`,
    `timeout tunnel ${idleTime(endpoint)}`,
    `retry-on conn-failure empty-response ${askElsewhere}`,
    `http-request disable-l7-retry if !${idempotent}`,
    `http-response set-status 503 if { status ${askElsewhere} } { res.hdr(${meshHeader}) -m found }`,
    `http-response del-header ${meshHeader}`,
    ...ownAnswers(endpoint.protocol),
  ];
}
