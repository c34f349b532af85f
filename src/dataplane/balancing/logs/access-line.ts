import { instantFromMs, rfc3339 } from '#base';
import type { BalancerDocument } from '#wire/link';
import { backendName } from '../render/names.ts';
import { groupsOf } from '../render/traffic.ts';

/** What HAProxy tells of a request, in the order of `render/http-frontend.ts`; text that a client chose is URL-encoded. */
const fieldNames = [
  'listenerArn',
  'began',
  'client',
  'target',
  'timers',
  'status',
  'targetStatus',
  'received',
  'sent',
  'ending',
  'backend',
  'rule',
  'cipher',
  'tls',
  'trace',
  'sni',
  'host',
  'agent',
  'method',
  'url',
  'version',
] as const;

type Fields = Readonly<Record<(typeof fieldNames)[number], string>>;

function readFields(line: string): Fields | undefined {
  const [kind, ...parts] = line.split(' ');
  if (kind !== 'access' || parts.length !== fieldNames.length) return undefined;
  return Object.fromEntries(
    fieldNames.map((name, index) => [name, name === 'url' ? (parts[index] ?? '') : decoded(parts[index] ?? '')]),
  ) as Fields;
}

/** As AWS writes what clients chose: quotes, backslashes and what is not printable as `\xHH`. */
function decoded(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_whole, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /^[ -~]$/.test(character) && !/["\\]/.test(character) ? character : `\\x${hex.toUpperCase()}`;
  });
}

/**
 * The line of an access log as AWS writes it; `undefined` for what is no such event. Source: "Access logs for your
 * Application Load Balancer", access log entries.
 */
export function accessLine(line: string, balancerArn: string, balancer: BalancerDocument): string | undefined {
  const fields = readFields(line);
  const listener = balancer.listeners.find(({ listenerArn }) => listenerArn === fields?.listenerArn);
  if (fields === undefined || listener === undefined) return undefined;
  const [received = 0, waited = 0, connected = 0, answered = 0, all = 0] = fields.timers.split(',').map(Number);
  const beganMs = Math.round(Number(fields.began) * 1000);
  const reached = answered >= 0 && fields.target !== '-:-';
  const group = groupsOf(listener).find((arn) => backendName(arn, 'http') === fields.backend);
  const index = Number(fields.rule);
  const rule = listener.rules[index];
  const secure = listener.protocol === 'HTTPS';
  const values = [
    typeOf(secure, fields),
    timeOf(beganMs + Math.max(0, all)),
    balancerArn.split(':loadbalancer/')[1] ?? balancerArn,
    fields.client,
    reached || group !== undefined ? fields.target.replace('-:-', '-') : '-',
    reached ? seconds(Math.max(0, waited) + Math.max(0, connected)) : '-1',
    reached ? seconds(answered) : '-1',
    reached ? seconds(Math.max(0, all - received - waited - connected - answered)) : '-1',
    fields.status,
    dash(fields.targetStatus),
    fields.received,
    fields.sent,
    `"${requestOf(fields, secure, listener.port)}"`,
    `"${dash(fields.agent)}"`,
    secure ? dash(fields.cipher) : '-',
    secure ? dash(fields.tls) : '-',
    group ?? '-',
    `"${dash(fields.trace)}"`,
    `"${secure ? dash(fields.sni) : '-'}"`,
    '"-"',
    index === listener.rules.length - 1 ? '0' : String(rule?.priority ?? index + 1),
    timeOf(beganMs),
    `"${rule?.action.type ?? '-'}"`,
    '"-"',
    '"-"',
    `"${reached ? fields.target : '-'}"`,
    `"${dash(fields.targetStatus)}"`,
    '"-"',
    '"-"',
    '-',
  ];
  return values.join(' ');
}

function typeOf(secure: boolean, { version, status }: Fields): string {
  if (status === '101') return secure ? 'wss' : 'ws';
  if (version.startsWith('HTTP/2')) return 'h2';
  return secure ? 'https' : 'http';
}

/** To the microsecond, as AWS's, though known to the millisecond. */
function timeOf(ms: number): string {
  return `${rfc3339(instantFromMs(ms)).slice(0, 19)}.${String(ms % 1000).padStart(3, '0')}000Z`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function dash(value: string): string {
  return value === '' ? '-' : value;
}

/** With the whole URL, whatever the client sent. */
function requestOf({ method, url, version, host }: Fields, secure: boolean, port: number): string {
  if (!url.startsWith('/')) return `${method} ${url} ${version}`;
  const name = host.replace(/:\d+$/, '');
  return `${method} ${secure ? 'https' : 'http'}://${dash(name)}:${port}${url} ${version}`;
}
