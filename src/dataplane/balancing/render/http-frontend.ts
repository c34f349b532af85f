import type { ListenerDocument, RuleDocument } from '#wire/link';
import { formatText, word } from '../../haproxy/index.ts';
import { actionLines, actionToken, ownAnswer } from './actions.ts';
import { conditionLines } from './conditions.ts';
import type { ConfigurationLine } from './lines.ts';
import { frontendName } from './names.ts';

export interface HttpFrontendInput {
  readonly listener: ListenerDocument;
  /** The balancer's. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The words of its `bind` line. */
  readonly bind: string;
  /** Rules that HAProxy refused. */
  readonly broken: ReadonlySet<string>;
  readonly accessLog: boolean;
}

/**
 * A listener for HTTP or HTTPS. The first rule whose conditions all hold puts what is to be done into `txn.be`; then
 * answers of the balancer's own are given, weights are drawn, and what remains goes on to a backend.
 */
export function httpFrontend(input: HttpFrontendInput): readonly ConfigurationLine[] {
  const { listener, attributes, broken } = input;
  const origin = { listenerArn: listener.listenerArn };
  const rules = listener.rules.map((rule, index) => ({ rule, index })).filter(({ rule }) => !broken.has(rule.ruleArn));
  const own = (texts: readonly string[]): ConfigurationLine[] => texts.map((text) => ({ text: `  ${text}`, origin }));
  return [
    { text: `frontend ${frontendName(listener.listenerArn)}`, origin },
    // Without idle-close-on-response, a reload cuts off whoever sends a request on a connection that was idle just now.
    ...own(['mode http', `bind ${input.bind}`, 'errorfiles balancer', 'option idle-close-on-response']),
    ...own(input.accessLog ? accessLogLines(listener) : []),
    ...own(cleanUpLines(attributes)),
    ...rules.flatMap(({ rule, index }) => ruleLines(rule, index, { ...origin, counted: input.accessLog })),
    ...rules.flatMap(({ rule, index }) =>
      actionLines(rule.action, index, listener).map((text) => ({
        text: `  ${text}`,
        origin: { ...origin, ruleArn: rule.ruleArn },
      })),
    ),
    ...own(forwardedLines(listener, attributes, input.accessLog)),
    ...own(responseLines(listener)),
    // Without a rule that matched, there is no default rule: it was refused.
    ...own([ownAnswer(500, '!{ var(txn.be) -m found }'), 'use_backend %[var(txn.be)]']),
  ];
}

function ruleLines(
  rule: RuleDocument,
  index: number,
  { listenerArn, counted }: { readonly listenerArn: string; readonly counted: boolean },
): readonly ConfigurationLine[] {
  const origin = { listenerArn, ruleArn: rule.ruleArn };
  const names = rule.conditions.map((_, at) => `r${index}c${at}`);
  const acls = rule.conditions.flatMap((condition, at) => conditionLines(`r${index}c${at}`, condition));
  const conditions = ['!{ var(txn.be) -m found }', ...names].join(' ');
  const count = counted ? [`http-request set-var(txn.rule) int(${index}) if ${conditions}`] : [];
  const texts = [
    ...acls,
    ...count,
    `http-request set-var(txn.be) str(${actionToken(rule.action, index)}) if ${conditions}`,
  ];
  return texts.map((text) => ({ text: `  ${text}`, origin }));
}

function cleanUpLines(attributes: Readonly<Record<string, string>>): readonly string[] {
  if (attributes['routing.http.drop_invalid_header_fields.enabled'] !== 'true') return [];
  return [`http-request del-header ${word('[^-A-Za-z0-9]')} -m reg`];
}

const random8 = '%[rand,hex,bytes(8,8),lower]';
const traceId = `1-%[date,hex,bytes(8,8),lower]-${random8}${random8}${random8}`;

/** What the target learns of the client. Source: "HTTP headers and Application Load Balancers". */
function forwardedLines(
  listener: ListenerDocument,
  attributes: Readonly<Record<string, string>>,
  accessLog: boolean,
): readonly string[] {
  const scheme = listener.protocol === 'HTTPS' ? 'https' : 'http';
  return [
    ...forwardedForLines(attributes),
    `http-request set-header x-forwarded-proto ${scheme}`,
    `http-request set-header x-forwarded-port ${listener.port}`,
    ...traceLines,
    ...(accessLog ? ['http-request set-var(txn.trace) req.fhdr(x-amzn-trace-id)'] : []),
    ...(scheme === 'https' && attributes['routing.http.x_amzn_tls_version_and_cipher_suite.enabled'] === 'true'
      ? [
          'http-request set-header x-amzn-tls-version %[ssl_fc_protocol]',
          'http-request set-header x-amzn-tls-cipher-suite %[ssl_fc_cipher]',
        ]
      : []),
  ];
}

/** A trace that has begun elsewhere goes on, and says where this balancer is in it. */
const traceLines: readonly string[] = [
  `http-request set-header x-amzn-trace-id Self=${traceId};%[req.fhdr(x-amzn-trace-id),regsub(Self=[^;]*;?,)] if { req.fhdr(x-amzn-trace-id) -m sub Root= }`,
  `http-request set-header x-amzn-trace-id Root=${traceId} if !{ req.fhdr(x-amzn-trace-id) -m sub Root= }`,
];

function forwardedForLines(attributes: Readonly<Record<string, string>>): readonly string[] {
  const client = attributes['routing.http.xff_client_port.enabled'] === 'true' ? '%[src]:%[src_port]' : '%[src]';
  switch (attributes['routing.http.xff_header_processing.mode'] ?? 'append') {
    case 'preserve':
      return [];
    case 'remove':
      return ['http-request del-header x-forwarded-for'];
    default:
      // One line where there was one: some programs read no further than the first.
      return [
        'http-request set-var(txn.xff) req.fhdr_cnt(x-forwarded-for)',
        `http-request set-header x-forwarded-for %[req.fhdr(x-forwarded-for)],${word(' ')}${client} if { var(txn.xff) -m int 1 }`,
        `http-request add-header x-forwarded-for ${client} if !{ var(txn.xff) -m int 1 }`,
      ];
  }
}

const responseHeaders: Readonly<Record<string, string>> = {
  'routing.http.response.strict_transport_security.header_value': 'strict-transport-security',
  'routing.http.response.access_control_allow_origin.header_value': 'access-control-allow-origin',
  'routing.http.response.access_control_allow_methods.header_value': 'access-control-allow-methods',
  'routing.http.response.access_control_allow_headers.header_value': 'access-control-allow-headers',
  'routing.http.response.access_control_allow_credentials.header_value': 'access-control-allow-credentials',
  'routing.http.response.access_control_expose_headers.header_value': 'access-control-expose-headers',
  'routing.http.response.access_control_max_age.header_value': 'access-control-max-age',
  'routing.http.response.content_security_policy.header_value': 'content-security-policy',
  'routing.http.response.x_content_type_options.header_value': 'x-content-type-options',
  'routing.http.response.x_frame_options.header_value': 'x-frame-options',
};

/** What the listener's attributes and rules add to answers. */
function responseLines({ attributes, protocol, rules }: ListenerDocument): readonly string[] {
  const values = Object.entries(responseHeaders).flatMap(([key, header]) => {
    const value = attributes[key] ?? '';
    return value === '' ? [] : [`http-after-response set-header ${header} ${word(formatText(value))}`];
  });
  const sticky = rules.some(({ action }) => action.type === 'forward' && action.stickinessSeconds !== undefined);
  return [
    ...values,
    ...(attributes['routing.http.response.server.enabled'] === 'false'
      ? ['http-after-response del-header server if { res.hdr(server) -m str awselb/2.0 }']
      : []),
    ...(sticky ? stickyLines(protocol === 'HTTPS') : []),
  ];
}

function stickyLines(secure: boolean): readonly string[] {
  const value = `%[var(txn.tg)];${word(' ')}Path=/;${word(' ')}Max-Age=%[var(txn.tgage)]`;
  const crossSite = `${word('; SameSite=None')}${secure ? word('; Secure') : ''}`;
  return [
    `http-after-response add-header set-cookie AWSALBTG=${value} if { var(txn.tg) -m found }`,
    `http-after-response add-header set-cookie AWSALBTGCORS=${value}${crossSite} if { var(txn.tg) -m found }`,
  ];
}

/** One line per request for the agent, which writes it in the form of AWS; fields are set apart by blanks. */
function accessLogLines({ listenerArn }: ListenerDocument): readonly string[] {
  const fields = [
    'access',
    word(listenerArn),
    '%Ts.%ms',
    '%ci:%cp',
    '%si:%sp',
    '%TR,%Tw,%Tc,%Tr,%Ta',
    '%ST',
    '%[var(txn.status)]',
    '%U',
    '%B',
    '%ts',
    '%[var(txn.be)]',
    '%[var(txn.rule)]',
    '%[var(txn.cipher)]',
    '%[var(txn.tls)]',
    '%[var(txn.trace),url_enc]',
    '%[var(txn.sni),url_enc]',
    '%[var(txn.host),url_enc]',
    '%[var(txn.agent),url_enc]',
    '%HM',
    '%HU',
    '%HV',
  ];
  return [
    'log stdout len 4000 format raw local0',
    `log-format ${fields.join(word(' '))}`,
    'http-request set-var(txn.host) req.hdr(host)',
    'http-request set-var(txn.agent) req.fhdr(user-agent)',
    'http-request set-var(txn.cipher) ssl_fc_cipher',
    'http-request set-var(txn.tls) ssl_fc_protocol',
    'http-request set-var(txn.sni) ssl_fc_sni',
    'http-response set-var(txn.status) status',
  ];
}
