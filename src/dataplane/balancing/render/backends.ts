import type { TargetDocument, TargetGroupDocument } from '#wire/link';
import { type RenderedBackend, type RenderedServer, word } from '../../haproxy/index.ts';
import { ownAnswer } from './actions.ts';
import { backendName, cookieKey, serverName } from './names.ts';

export interface BackendInput {
  readonly targetGroupArn: string;
  /** Absent: it has not been told of yet, so it has nobody. */
  readonly group?: TargetGroupDocument;
  readonly mode: 'http' | 'tcp';
  /** The targets that get traffic. */
  readonly inService: (target: TargetDocument) => boolean;
  /** Those of this node. */
  readonly targets: readonly TargetDocument[];
  readonly tls: boolean;
}

export function renderBackend(input: BackendInput): RenderedBackend {
  const { targetGroupArn, group, mode, inService } = input;
  const servers = new Map<string, RenderedServer>();
  for (const target of input.targets) {
    if (!address.test(target.address)) continue;
    const name = serverName(target);
    const enabled = inService(target) || servers.get(name)?.enabled === true;
    servers.set(name, { name, address: `${target.address}:${target.port}`, enabled });
  }
  return {
    name: backendName(targetGroupArn, mode),
    lines: group === undefined ? [`mode ${mode}`, ...noneLines(mode)] : backendLines(input, group),
    serverOptions: group === undefined ? '' : serverOptions(group, mode),
    servers: [...servers.values()],
  };
}

const address = /^\d{1,3}(\.\d{1,3}){3}$/;

function backendLines(input: BackendInput, group: TargetGroupDocument): readonly string[] {
  const { mode, tls, targetGroupArn } = input;
  if (mode === 'tcp') return ['mode tcp', tcpBalance(group), 'option redispatch 1', 'retries 2'];
  return [
    'mode http',
    `balance ${algorithms[group.attributes['load_balancing.algorithm.type'] ?? ''] ?? 'roundrobin'}`,
    'option redispatch 1',
    'retries 2',
    'errorfiles connected',
    ...noneLines(mode),
    ...(group.protocolVersion === 'HTTP1' ? [] : [ownAnswer(464, '!{ req.ver -m beg 2 }')]),
    ...stickinessLines(targetGroupArn, group, tls),
  ];
}

const algorithms: Readonly<Record<string, string>> = {
  round_robin: 'roundrobin',
  least_outstanding_requests: 'leastconn',
  weighted_random: 'random',
};

/**
 * Without anybody to ask, the answer is the balancer's; a target that cannot be reached is another matter. A process that
 * is stopping counts no servers, though it still asks them.
 */
function noneLines(mode: 'http' | 'tcp'): readonly string[] {
  return mode === 'http' ? [ownAnswer(503, '{ nbsrv eq 0 } !{ stopping }')] : [];
}

function tcpBalance({ attributes }: TargetGroupDocument): string {
  return attributes['stickiness.enabled'] === 'true' ? 'balance source\n  hash-type consistent' : 'balance roundrobin';
}

function serverOptions(group: TargetGroupDocument, mode: 'http' | 'tcp'): string {
  const { attributes, protocol, protocolVersion } = group;
  const encrypted = protocol === 'HTTPS' || protocol === 'TLS';
  const slowStart = Number(attributes['slow_start.duration_seconds'] ?? 0);
  return [
    'weight 100',
    ...(encrypted ? ['ssl verify none'] : []),
    ...(mode === 'http' && protocolVersion !== 'HTTP1' ? [encrypted ? 'alpn h2' : 'proto h2'] : []),
    ...(mode === 'tcp' && attributes['proxy_protocol_v2.enabled'] === 'true' ? ['send-proxy-v2'] : []),
    ...(mode === 'http' && slowStart > 0 ? [`slowstart ${Math.trunc(slowStart)}s`] : []),
  ].join(' ');
}

/** A cookie that names the target; who computes it is HAProxy, from the target's address and the group's key. */
function stickinessLines(targetGroupArn: string, { attributes }: TargetGroupDocument, tls: boolean): readonly string[] {
  if (attributes['stickiness.enabled'] !== 'true') return [];
  const app =
    attributes['stickiness.type'] === 'app_cookie' ? attributes['stickiness.app_cookie.cookie_name'] : undefined;
  const key = `dynamic-cookie-key ${cookieKey(targetGroupArn)}`;
  if (attributes['stickiness.type'] === 'app_cookie') {
    if (app === undefined || !cookieName.test(app)) return [];
    const seconds = duration(attributes['stickiness.app_cookie.duration_seconds']);
    return [key, cookieLine('AWSALBAPP-0', seconds), ...appCookieLines(app)];
  }
  const seconds = duration(attributes['stickiness.lb_cookie.duration_seconds']);
  return [key, cookieLine('AWSALB', seconds), ...crossSiteLines(tls)];
}

/** A week, as the load balancer's; how long it counts is inside. */
const cookieAge = 604_800;
const cookieName = /^[A-Za-z0-9!#$&*+.^_`|~-]+$/;

function duration(seconds: string | undefined): number {
  const value = Math.trunc(Number(seconds ?? 86_400));
  return value >= 1 ? value : 86_400;
}

function cookieLine(name: string, seconds: number): string {
  return `cookie ${name} insert dynamic nocache maxidle ${seconds}s attr Max-Age=${cookieAge}`;
}

/** Browsers that keep cookies of other sites only with `SameSite=None` bring this one instead. */
function crossSiteLines(tls: boolean): readonly string[] {
  const attributes = `${word('; path=/; Max-Age=')}${cookieAge}${word('; SameSite=None')}${tls ? word('; Secure') : ''}`;
  return [
    `http-request add-header cookie AWSALB=%[req.cook(AWSALBCORS)] if { req.cook(AWSALBCORS) -m found } !{ req.cook(AWSALB) -m found }`,
    `http-after-response add-header set-cookie AWSALBCORS=%[res.cook(AWSALB)]${attributes} if { res.cook(AWSALB) -m found }`,
  ];
}

/** The balancer's cookie lives and dies with the application's. */
function appCookieLines(app: string): readonly string[] {
  const name = word(app);
  const without = `!{ var(txn.app) -m bool } !{ res.cook(${name}) -m found }`;
  return [
    `http-request set-var(txn.app) bool(true) if { req.cook(${name}) -m found }`,
    `http-request replace-header cookie ${word('(.*)AWSALBAPP-0=[^;]*(.*)')} ${word('\\1AWSALBAPP-0=_remove_\\2')} if !{ var(txn.app) -m bool }`,
    `http-after-response replace-header set-cookie ${word('^AWSALBAPP-0=.*')} ${word('AWSALBAPP-0=_remove_; Path=/; Max-Age=0')} if ${without}`,
  ];
}
