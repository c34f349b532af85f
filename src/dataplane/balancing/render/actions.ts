import type { RuleAction } from '#wire/link';
import { formatText, word } from '../../haproxy/index.ts';
import { errorPage, serverName } from './error-pages.ts';
import { backendName, groupToken } from './names.ts';

type Forward = Extract<RuleAction, { readonly type: 'forward' }>;
type Redirect = Extract<RuleAction, { readonly type: 'redirect' }>;

/** What an action is called in the variable that the rules set: a backend's name, or that of lines of its own. */
export function actionToken(action: RuleAction, index: number): string {
  if (action.type !== 'forward') return `a${index}`;
  const alive = action.targetGroups.filter(({ weight }) => weight > 0);
  const [only] = alive;
  if (only !== undefined && alive.length === 1 && action.stickinessSeconds === undefined) {
    return backendName(only.targetGroupArn, 'http');
  }
  return `w${index}`;
}

/** The lines that carry out an action; none for one that is a single backend. */
export function actionLines(
  action: RuleAction,
  index: number,
  listener: { readonly protocol: string; readonly port: number },
): readonly string[] {
  const token = actionToken(action, index);
  const chosen = `{ var(txn.be) -m str ${token} }`;
  switch (action.type) {
    case 'forward':
      return token.startsWith('w') ? weightedLines(action, token, chosen) : [];
    case 'fixed-response':
      return [`http-request return ${fixedAnswer(action)} hdr server ${serverName} if ${chosen}`];
    case 'redirect':
      return redirectLines(action, chosen, listener);
    default:
      return [ownAnswer(500, chosen)];
  }
}

/** The load balancer's own answer to whatever the condition holds for. */
export function ownAnswer(status: number, condition: string): string {
  const page = word(errorPage(status));
  return `http-request return status ${status} content-type text/html string ${page} hdr server ${serverName} if ${condition}`;
}

function fixedAnswer({
  statusCode,
  contentType,
  messageBody,
}: Extract<RuleAction, { readonly type: 'fixed-response' }>): string {
  const bodiless = statusCode === 204 || statusCode === 205 || statusCode === 304;
  if (bodiless || messageBody === undefined || messageBody === '') return `status ${statusCode}`;
  return `status ${statusCode} content-type ${word(contentType ?? 'text/plain')} string ${word(messageBody)}`;
}

/**
 * A group by its weight, or, with stickiness, the one whose cookie the client brings: while it has a weight, and anybody
 * to answer.
 */
function weightedLines({ targetGroups, stickinessSeconds }: Forward, token: string, chosen: string): readonly string[] {
  const alive = targetGroups.filter(({ weight }) => weight > 0);
  const total = alive.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return [ownAnswer(503, chosen)];
  const choose = (arn: string, condition: string): string =>
    `http-request set-var(txn.be) str(${backendName(arn, 'http')}) if ${chosen} ${condition}`.trimEnd();
  const sticky =
    stickinessSeconds === undefined
      ? []
      : [
          `http-request set-var(txn.sticky) str(${token}) if ${chosen}`,
          ...alive.flatMap(({ targetGroupArn: arn }) => stickyChoice(arn, token, choose)),
        ];
  let below = 0;
  const byWeight = alive.map(({ targetGroupArn, weight }, index) => {
    below += weight;
    return choose(targetGroupArn, index === alive.length - 1 ? '' : `{ var(txn.roll) -m int lt ${below} }`);
  });
  return [
    ...sticky,
    `http-request set-var(txn.roll) rand(${total}) if ${chosen}`,
    ...byWeight,
    ...(stickinessSeconds === undefined ? [] : stickyCookieLines(alive, token, stickinessSeconds)),
  ];
}

/** A process that is stopping counts no servers, though it still asks them. */
function stickyChoice(
  arn: string,
  token: string,
  choose: (arn: string, condition: string) => string,
): readonly string[] {
  const backend = backendName(arn, 'http');
  const somebody = `${token}_${backend}`;
  return [
    `acl ${somebody} nbsrv(${backend}) gt 0`,
    `acl ${somebody} stopping`,
    ...['AWSALBTG', 'AWSALBTGCORS'].map((cookie) =>
      choose(arn, `{ req.cook(${cookie}) -m str ${groupToken(arn)} } ${somebody}`),
    ),
  ];
}

function stickyCookieLines(alive: Forward['targetGroups'], token: string, seconds: number): readonly string[] {
  const sticky = `{ var(txn.sticky) -m str ${token} }`;
  return [
    `http-request set-var(txn.tgage) int(${Math.trunc(seconds)}) if ${sticky}`,
    ...alive.map(
      ({ targetGroupArn: arn }) =>
        `http-request set-var(txn.tg) str(${groupToken(arn)}) if ${sticky} { var(txn.be) -m str ${backendName(arn, 'http')} }`,
    ),
  ];
}

const keywords: Readonly<Record<string, string>> = {
  '#{host}': '%[req.hdr(host),host_only]',
  '#{path}': '%[path,regsub(^/,)]',
  '#{query}': '%[query]',
};

/** Source: "Redirect actions": what is not named is kept, `#{path}` is without its first slash, the port is always told. */
function redirectLines(
  { protocol, host, port, path, query, statusCode }: Redirect,
  chosen: string,
  listener: { readonly protocol: string; readonly port: number },
): readonly string[] {
  const known = { ...keywords, '#{protocol}': listener.protocol.toLowerCase(), '#{port}': String(listener.port) };
  const format = (template: string): string =>
    template
      .split(/(#\{(?:protocol|host|port|path|query)\})/)
      .map((part) => known[part as keyof typeof known] ?? formatText(part))
      .join('');
  const scheme = protocol === '#{protocol}' ? protocol : protocol.toLowerCase();
  const address = format(`${scheme}://${host}:${port}${path}`);
  const answer = (location: string, condition: string): string => {
    const page = word(errorPage(statusCode));
    const headers = `hdr location ${word(location)} hdr server ${serverName}`;
    return `http-request return status ${statusCode} content-type text/html string ${page} ${headers} if ${condition}`;
  };
  if (query === '') return [answer(address, chosen)];
  if (query !== '#{query}') return [answer(`${address}?${format(query)}`, chosen)];
  return [answer(`${address}?%[query]`, `${chosen} { query -m len gt 0 }`), answer(address, chosen)];
}
