import type { MeshEndpointDocument, MeshIngress } from '#wire/link';
import type { RenderedBackend } from '../../haproxy/index.ts';
import { type AccessLogSettings, connectionLogLines, requestLogLines } from './access-log.ts';
import { askElsewhere, idempotent, meshHeader, ownAnswers } from './answers.ts';
import { connectSeconds, idleTime } from './limits.ts';
import { applicationName, ingressName } from './names.ts';
import { listenerTls } from './tls.ts';

export interface IngressInput {
  readonly ingress: MeshIngress;
  readonly endpoint: MeshEndpointDocument;
  /** Where it listens: that what comes to another port is led there is not its business. */
  readonly port: number;
  readonly certificatePath: string | undefined;
  readonly accessLog: AccessLogSettings | undefined;
}

/** A port of the task as it is called from outside. */
export function ingressFrontend(input: IngressInput): readonly string[] {
  const { ingress, endpoint, port, certificatePath, accessLog } = input;
  const tls = certificatePath === undefined ? '' : ` ${listenerTls(certificatePath)}`;
  const idle = idleTime(endpoint);
  const head = [`frontend ${ingressName(ingress)}`, `  bind 0.0.0.0:${port}${tls}`];
  const last = `default_backend ${applicationName(ingress)}`;
  if (endpoint.protocol === 'tcp') {
    const log = accessLog === undefined ? [] : connectionLogLines(accessLog);
    return [...head, ...['mode tcp', `timeout client ${idle}`, ...log, last].map((line) => `  ${line}`)];
  }
  const lines = [
    'mode http',
    'option idle-close-on-response',
    `timeout client ${idle}`,
    `timeout http-keep-alive ${idle}`,
    `timeout http-request ${idle}`,
    ...(accessLog === undefined ? [] : requestLogLines(accessLog)),
    `http-request set-var(txn.mesh) bool(true) if { req.hdr(${meshHeader}) -m found }`,
    `http-request del-header ${meshHeader}`,
    'http-response set-var(txn.answered) bool(true)',
    last,
  ];
  return [...head, ...lines.map((line) => `  ${line}`)];
}

/** The application: at the task's loopback address, or at its container's own, once that is known. */
export function applicationBackend(
  ingress: MeshIngress,
  endpoint: MeshEndpointDocument,
  addresses: ReadonlyMap<string, string>,
): RenderedBackend {
  const { protocol } = endpoint;
  const idle = idleTime(endpoint);
  const { containerName, containerPort } = ingress;
  const address = containerName === undefined ? '127.0.0.1' : addresses.get(containerName);
  const servers =
    address === undefined
      ? []
      : [{ name: 'application', address: `${address}:${Math.trunc(containerPort)}`, enabled: true }];
  const common = ['balance roundrobin', `timeout connect ${connectSeconds}s`, `timeout server ${idle}`];
  const name = applicationName(ingress);
  if (protocol === 'tcp') {
    return { name, lines: ['mode tcp', ...common, 'retries 0'], serverOptions: '', servers };
  }
  const h2 = protocol === 'http2' || protocol === 'grpc';
  const unanswered = '{ var(txn.mesh) -m bool } !{ var(txn.answered) -m bool }';
  const elsewhere = (condition: string): readonly string[] => [
    `http-after-response set-header ${meshHeader} 1 if ${unanswered} ${condition}`,
    `http-after-response set-status ${askElsewhere} if ${unanswered} ${condition}`,
  ];
  return {
    name,
    lines: [
      'mode http',
      ...common,
      `timeout tunnel ${idle}`,
      // One that was kept open may be closed by the application at this very moment.
      'retries 1',
      'retry-on empty-response',
      `http-request disable-l7-retry if !${idempotent}`,
      ...elsewhere('{ status 503 }'),
      ...elsewhere(`{ status 502 } ${idempotent}`),
      ...ownAnswers(protocol),
    ],
    serverOptions: h2 ? 'proto h2' : '',
    servers,
  };
}
