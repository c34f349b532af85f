import type { MeshProxyDocument } from '#wire/link';
import { word } from '../../haproxy/index.ts';

export type AccessLogSettings = NonNullable<MeshProxyDocument['accessLog']>;

/** A line longer than this is cut off. */
const longestLine = 8_192;
const output = `log stdout len ${longestLine} format raw local0`;

/** When it began, to the millisecond: HAProxy has no single word for that. */
function beginning(scope: 'txn' | 'sess'): readonly string[] {
  return [
    `set-var(${scope}.at) date,utime(${word('%Y-%m-%dT%H:%M:%S')})`,
    `set-var(${scope}.ms) date(0,ms),mod(1000),add(1000)`,
  ];
}

const start = (scope: 'txn' | 'sess'): string => `%[var(${scope}.at)].%[var(${scope}.ms),regsub(^1,)]Z`;
/** Text that a caller chose, escaped as JSON's strings are, slashes too: nothing in it ends its quotes or its line. */
const said = (name: string): string => `%[var(txn.${name}),json(utf8s)]`;

/**
 * Lines that have a listener for requests tell of each, on standard output. The order, and the names of the members, are
 * those of the proxy that ECS runs. Source: "Amazon ECS Service Connect access logs".
 */
export function requestLogLines({ format, includeQueryParameters }: AccessLogSettings): readonly string[] {
  const text = `[${start('txn')}] "%HM ${said('path')} %HV" %ST %U %B %Ta %Tr "${said('xff')}" "${said('agent')}" "${said('id')}" "${said('host')}" "%si:%sp"`;
  const members = {
    start_time: start('txn'),
    method: '%HM',
    path: said('path'),
    protocol: '%HV',
    response_code: '%ST',
    bytes_received: '%U',
    bytes_sent: '%B',
    duration: '%Ta',
    upstream_service_time: '%Tr',
    x_forwarded_for: said('xff'),
    user_agent: said('agent'),
    request_id: said('id'),
    authority: said('host'),
    upstream_host: '%si:%sp',
  };
  return [
    output,
    `log-format ${word(format === 'JSON' ? jsonOf(members) : text)}`,
    ...beginning('txn').map((line) => `http-request ${line}`),
    `http-request set-var(txn.path) ${includeQueryParameters ? 'pathq' : 'path'}`,
    'http-request set-var(txn.xff) req.fhdr(x-forwarded-for)',
    'http-request set-var(txn.agent) req.fhdr(user-agent)',
    'http-request set-var(txn.id) req.fhdr(x-request-id)',
    'http-request set-var(txn.host) req.hdr(host)',
  ];
}

/** The same of a listener for bare connections: one line for each that has ended. */
export function connectionLogLines({ format }: AccessLogSettings): readonly string[] {
  const text = `[${start('sess')}] %U %B %Tt "%si:%sp"`;
  const members = {
    start_time: start('sess'),
    bytes_received: '%U',
    bytes_sent: '%B',
    duration: '%Tt',
    upstream_host: '%si:%sp',
  };
  return [
    output,
    `log-format ${word(format === 'JSON' ? jsonOf(members) : text)}`,
    ...beginning('sess').map((line) => `tcp-request connection ${line}`),
  ];
}

const numbers = /^%(ST|U|B|Ta|Tr|Tt)$/;

function jsonOf(members: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(members).map(([name, value]) =>
    numbers.test(value) ? `"${name}":${value}` : `"${name}":"${value}"`,
  );
  return `{${pairs.join(',')}}`;
}
