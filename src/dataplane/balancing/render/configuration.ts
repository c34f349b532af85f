import type {
  BalancerDocument,
  CertificateDocument,
  ListenerDocument,
  TargetDocument,
  TargetGroupDocument,
} from '#wire/link';
import { type RenderedBackend, serverLine } from '../../haproxy/index.ts';
import { renderBackend } from './backends.ts';
import { bindOf } from './bind.ts';
import { errorFiles } from './error-pages.ts';
import { httpFrontend } from './http-frontend.ts';
import { type ConfigurationLine, type LineOrigin, ownLines } from './lines.ts';
import { tcpFrontend } from './tcp-frontend.ts';
import { byHaproxy, groupsOf, targetsOfNode } from './traffic.ts';

export interface RenderInput {
  readonly balancer: BalancerDocument;
  /** The node that this is for. */
  readonly address: string;
  readonly availabilityZone: string;
  readonly targetGroups: ReadonlyMap<string, TargetGroupDocument>;
  readonly certificates: ReadonlyMap<string, CertificateDocument>;
  readonly inService: (targetGroupArn: string, target: TargetDocument) => boolean;
  readonly places: Places;
  /** Rules, by their ARN, that HAProxy refused before. */
  readonly broken?: ReadonlySet<string>;
}

/** Where things are, and as whom HAProxy works once it has opened them. */
export interface Places {
  /** For certificates and error pages. */
  readonly files: string;
  readonly adminSocket: string;
  /** By which the agent's health checks leave. */
  readonly checkSocket: string;
  readonly userId: number;
  readonly groupId: number;
  readonly threads: number;
}

export interface RenderedConfiguration {
  /** Everything but the servers: while this is the same, a change needs no reload. */
  readonly skeleton: string;
  readonly backends: readonly RenderedBackend[];
  readonly files: ReadonlyMap<string, string>;
  /** Listeners that cannot be served, by their ARN. */
  readonly problems: ReadonlyMap<string, string>;
  /** The whole text, whose generation the running process can be asked for. */
  text(generation: string): string;
  /** Who is to blame for a line of the text, counted from 1. */
  originOf(line: number): LineOrigin | undefined;
}

/** Documents to a configuration of HAProxy for one node of a load balancer. Pure. */
export function renderConfiguration(input: RenderInput): RenderedConfiguration {
  const files = new Map<string, string>();
  const problems = new Map<string, string>();
  const errors = errorFiles(input.places.files);
  for (const [path, text] of errors.files) files.set(path, text);
  const frontends = input.balancer.listeners
    .filter((listener) => byHaproxy(listener, input.targetGroups))
    .flatMap((listener) => frontendLines(listener, input, { files, problems }));
  const backends = backendsOf(input);
  const head: readonly ConfigurationLine[] = ownLines([
    ...globalLines(input.places),
    ...defaultsLines(input.balancer),
    ...errors.lines,
    ...checkLines(input.places),
  ]);
  const lines: readonly ConfigurationLine[] = [...head, ...frontends, ...backends.flatMap(backendLines)];
  return {
    skeleton: [
      ...[...head, ...frontends, ...backends.flatMap(backendHead)].map(({ text }) => text),
      ...backends.map(({ serverOptions }) => serverOptions),
      ...[...files].flatMap(([path, text]) => (path.endsWith('.crt-list') ? [path, text] : [])),
    ].join('\n'),
    backends,
    files,
    problems,
    text: (generation) => `${lines.map(({ text }) => text.replace('@generation@', generation)).join('\n')}\n`,
    originOf: (line) => lines[line - 1]?.origin,
  };
}

function frontendLines(
  listener: ListenerDocument,
  input: RenderInput,
  found: { readonly files: Map<string, string>; readonly problems: Map<string, string> },
): readonly ConfigurationLine[] {
  const { balancer, address, certificates, places } = input;
  const bind = bindOf({ listener, balancer, address, certificates, directory: places.files });
  if ('problem' in bind) {
    found.problems.set(listener.listenerArn, bind.problem);
    return [];
  }
  for (const [path, text] of bind.files) found.files.set(path, text);
  if (balancer.type === 'network') return tcpFrontend(listener, bind.words);
  return httpFrontend({
    listener,
    attributes: balancer.attributes,
    bind: bind.words,
    broken: input.broken ?? new Set(),
    accessLog: balancer.attributes['access_logs.s3.enabled'] === 'true',
  });
}

function backendsOf(input: RenderInput): readonly RenderedBackend[] {
  const { balancer, targetGroups, inService } = input;
  const mode = balancer.type === 'application' ? 'http' : 'tcp';
  const listeners = balancer.listeners.filter((listener) => byHaproxy(listener, targetGroups));
  const tls = listeners.some(({ protocol }) => protocol === 'HTTPS');
  return [...new Set(listeners.flatMap(groupsOf))].map((targetGroupArn) => {
    const group = targetGroups.get(targetGroupArn);
    return renderBackend({
      targetGroupArn,
      mode,
      tls,
      inService: (target) => inService(targetGroupArn, target),
      targets: group === undefined ? [] : targetsOfNode(group, balancer, input.availabilityZone),
      ...(group === undefined ? {} : { group }),
    });
  });
}

function backendHead({ name, lines }: RenderedBackend): readonly ConfigurationLine[] {
  return ownLines([`backend ${name}`, ...lines.map((line) => `  ${line}`)]);
}

function backendLines(backend: RenderedBackend): readonly ConfigurationLine[] {
  const servers = backend.servers.map((server) => `  ${serverLine(server, backend.serverOptions)}`);
  return [...backendHead(backend), ...ownLines(servers)];
}

function globalLines(places: Places): readonly string[] {
  return [
    'global',
    `  uid ${places.userId}`,
    `  gid ${places.groupId}`,
    `  stats socket ${places.adminSocket} mode 600 level admin expose-fd listeners`,
    '  description @generation@',
    `  nbthread ${places.threads}`,
    // What a container's engine allows may be a thousand million, and a table is made of that size.
    '  fd-hard-limit 65536',
    // An old process stays while a websocket does, but not for ever, and not more of them than these.
    '  hard-stop-after 1h',
    '  mworker-max-reloads 40',
    '  tune.ssl.default-dh-param 2048',
    '  ssl-default-bind-options no-tls-tickets',
  ];
}

/** Timeouts that the balancer's attributes decide. A target has three seconds to take a connection, as have two others. */
function defaultsLines({ type, attributes }: BalancerDocument): readonly string[] {
  const idleSeconds = Math.trunc(Number(attributes['idle_timeout.timeout_seconds'] ?? 60)) || 60;
  const seconds = type === 'application' ? idleSeconds : 350;
  return [
    'defaults',
    `  timeout client ${seconds}s`,
    `  timeout server ${seconds}s`,
    `  timeout http-keep-alive ${seconds}s`,
    `  timeout http-request ${seconds}s`,
    `  timeout tunnel ${seconds}s`,
    '  timeout connect 3s',
  ];
}

/** Connections of the agent's health checks: to where their PROXY header says, and told of once they stand. */
function checkLines({ checkSocket }: Places): readonly string[] {
  return [
    'frontend checks',
    '  mode tcp',
    `  bind unix@${checkSocket} mode 600 accept-proxy`,
    '  log stdout len 4000 format raw local0',
    '  option logasap',
    '  log-format check\\x20%[fc_pp_unique_id]\\x20%ts',
    '  timeout client 150s',
    '  default_backend checks',
    'backend checks',
    '  mode tcp',
    '  retries 0',
    '  timeout connect 125s',
    '  timeout server 150s',
    '  server any 0.0.0.0:0',
  ];
}
