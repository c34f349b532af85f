import { createHash } from 'node:crypto';
import type { CertificateDocument, MeshEndpointDocument, MeshProxyDocument } from '#wire/link';
import { type RenderedBackend, serverLine } from '../../haproxy/index.ts';
import { egressBackends, egressFrontend } from './egress.ts';
import { applicationBackend, ingressFrontend } from './ingress.ts';
import { mostConnections } from './limits.ts';
import { applicationName, authorityFile, certificateFile, egressName, ingressName } from './names.ts';
import { pem } from './tls.ts';

export interface ProxyInput {
  readonly proxy: MeshProxyDocument;
  /** Those that it names, by their id. */
  readonly endpoints: ReadonlyMap<string, MeshEndpointDocument>;
  readonly certificates: ReadonlyMap<string, CertificateDocument>;
  readonly places: ProxyPlaces;
  /** Of containers with networks of their own, by name, once they are known. */
  readonly addresses: ReadonlyMap<string, string>;
}

export interface ProxyPlaces {
  /** For certificates and authorities. */
  readonly files: string;
  readonly adminSocket: string;
}

/** What comes from outside to `port` is led to `listenerPort`. */
export interface Interception {
  readonly port: number;
  readonly listenerPort: number;
}

/** What of the configuration is counted for which name. */
export interface CountedListener {
  readonly discoveryName: string;
  readonly direction: 'ingress' | 'egress';
  readonly protocol: MeshEndpointDocument['protocol'];
  readonly frontend: string;
  readonly backends: readonly string[];
}

export interface RenderedProxy {
  /** Of everything but the servers and what is in certificates: while it is the same, a change needs no reload. */
  readonly generation: string;
  readonly backends: readonly RenderedBackend[];
  readonly files: ReadonlyMap<string, string>;
  readonly interceptions: readonly Interception[];
  readonly listeners: readonly CountedListener[];
  text(generation: string): string;
  originOf(line: number): undefined;
}

/** What a proxy cannot do without, and does not have yet. */
export function missingOf({
  proxy,
  endpoints,
  certificates,
}: Omit<ProxyInput, 'places' | 'addresses'>): readonly string[] {
  return proxy.ingress.flatMap(({ endpointId, certificateArn }) => [
    ...(endpoints.has(endpointId) ? [] : [`the endpoint ${endpointId}`]),
    ...(certificateArn === undefined || certificates.has(certificateArn) ? [] : [`the certificate ${certificateArn}`]),
  ]);
}

/** Documents to the configuration of a task's proxy. Pure; nothing may be missing of what {@link missingOf} names. */
export function renderProxy(input: ProxyInput): RenderedProxy {
  const { proxy, endpoints, places } = input;
  const interceptions = interceptionsOf(proxy);
  const ingress = ingressParts(input, interceptions);
  const called = new Map(
    proxy.egress.flatMap(({ endpointId }) => {
      const endpoint = endpoints.get(endpointId);
      return endpoint === undefined ? [] : [[endpointId, endpoint] as const];
    }),
  );
  const files = filesOf(input, called);
  const backends = [
    ...ingress.backends,
    ...[...called].flatMap(([endpointId, endpoint]) => egressBackends(endpointId, endpoint, places.files)),
  ];
  const head = [
    ...globalLines(places),
    ...ingress.lines,
    ...proxy.egress.flatMap((egress) => egressFrontend(egress, called.get(egress.endpointId), proxy.accessLog)),
  ];
  const backendHead = ({ name, lines }: RenderedBackend): string[] => [
    `backend ${name}`,
    ...lines.map((line) => `  ${line}`),
  ];
  const skeleton = [
    ...head,
    ...backends.flatMap((backend) => [...backendHead(backend), backend.serverOptions]),
    ...[...files].flatMap(([path, text]) => (path.endsWith('.pem') ? [path] : [path, text])),
  ];
  const lines = [
    ...head,
    ...backends.flatMap((backend) => [
      ...backendHead(backend),
      ...backend.servers.map((server) => `  ${serverLine(server, backend.serverOptions)}`),
    ]),
  ];
  return {
    generation: createHash('sha256').update(skeleton.join('\n')).digest('hex').slice(0, 16),
    backends,
    files,
    interceptions,
    listeners: listenersOf(input, called),
    text: (generation) => `${lines.map((line) => line.replace('@generation@', generation)).join('\n')}\n`,
    originOf: () => undefined,
  };
}

/** Ports beyond those that the kernel gives to whoever asks for any. */
const highestPort = 65_000;

/** Where the application has the port itself, the proxy listens at another, which is none of the task's. */
function interceptionsOf({ ingress }: MeshProxyDocument): readonly Interception[] {
  const taken = new Set(ingress.flatMap(({ containerPort, listenerPort }) => [containerPort, listenerPort]));
  let next = highestPort;
  return ingress
    .filter(({ containerName, containerPort, listenerPort }) => {
      return containerName === undefined && containerPort === listenerPort;
    })
    .map(({ listenerPort: port }) => {
      while (taken.has(next)) next -= 1;
      const listenerPort = next;
      next -= 1;
      return { port, listenerPort };
    });
}

function ingressParts(
  { proxy, endpoints, places, addresses }: ProxyInput,
  interceptions: readonly Interception[],
): { readonly lines: readonly string[]; readonly backends: readonly RenderedBackend[] } {
  const lines: string[] = [];
  const backends: RenderedBackend[] = [];
  for (const ingress of proxy.ingress) {
    const endpoint = endpoints.get(ingress.endpointId);
    if (endpoint === undefined) continue;
    const intercepted = interceptions.find(({ port }) => port === ingress.listenerPort);
    const { certificateArn } = ingress;
    const certificatePath =
      certificateArn === undefined ? undefined : `${places.files}/${certificateFile(certificateArn)}`;
    const port = Math.trunc(intercepted?.listenerPort ?? ingress.listenerPort);
    lines.push(...ingressFrontend({ ingress, endpoint, port, certificatePath, accessLog: proxy.accessLog }));
    backends.push(applicationBackend(ingress, endpoint, addresses));
  }
  return { lines, backends };
}

function filesOf(
  { proxy, certificates, places }: ProxyInput,
  called: ReadonlyMap<string, MeshEndpointDocument>,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { certificateArn } of proxy.ingress) {
    const certificate = certificateArn === undefined ? undefined : certificates.get(certificateArn);
    if (certificateArn === undefined || certificate === undefined) continue;
    files.set(`${places.files}/${certificateFile(certificateArn)}`, pem(certificate));
  }
  for (const [endpointId, { tls }] of called) {
    if (tls !== undefined) files.set(`${places.files}/${authorityFile(endpointId)}`, `${tls.authority.trim()}\n`);
  }
  return files;
}

function listenersOf(
  { proxy, endpoints, places }: ProxyInput,
  called: ReadonlyMap<string, MeshEndpointDocument>,
): readonly CountedListener[] {
  const ingress = proxy.ingress.flatMap((one): CountedListener[] => {
    const endpoint = endpoints.get(one.endpointId);
    if (endpoint === undefined) return [];
    const { discoveryName, protocol } = endpoint;
    const backends = [applicationName(one)];
    return [{ discoveryName, protocol, direction: 'ingress', frontend: ingressName(one), backends }];
  });
  // Several names may mean one endpoint: what its targets did is counted once.
  const counted = new Set<string>();
  const egress = proxy.egress.flatMap((one): CountedListener[] => {
    const endpoint = called.get(one.endpointId);
    if (endpoint === undefined) return [];
    const { discoveryName, protocol } = endpoint;
    const backends = counted.has(one.endpointId)
      ? []
      : egressBackends(one.endpointId, endpoint, places.files).map(({ name }) => name);
    counted.add(one.endpointId);
    return [{ discoveryName, protocol, direction: 'egress', frontend: egressName(one), backends }];
  });
  return [...ingress, ...egress];
}

function globalLines({ adminSocket }: ProxyPlaces): readonly string[] {
  return [
    'global',
    `  stats socket ${adminSocket} mode 600 level admin expose-fd listeners`,
    '  description @generation@',
    '  nbthread 1',
    `  maxconn ${mostConnections}`,
    // An old process stays while a connection does, but not for ever, and not more of them than these.
    '  hard-stop-after 1h',
    '  mworker-max-reloads 40',
    'defaults',
    '  timeout connect 2s',
    '  timeout client 1h',
    '  timeout server 1h',
  ];
}
