import type { RuleCondition } from '#wire/link';
import { word } from '../../haproxy/index.ts';
import { aclLine, escapedWildcardRegex, wildcardMatch } from './patterns.ts';

/**
 * A condition as ACLs of one name: several lines of a name mean that any of them suffices, as any value of a condition
 * does. Source: "Listener rules for your Application Load Balancer", rule condition types.
 */
export function conditionLines(name: string, condition: RuleCondition): readonly string[] {
  switch (condition.field) {
    case 'host-header':
      return patterns(name, 'req.hdr(host),host_only', condition, true);
    case 'path-pattern':
      return patterns(name, 'path', condition, false);
    case 'http-header':
      if (!headerName.test(condition.name)) return never(name);
      return patterns(name, `req.fhdr(${word(condition.name)})`, condition, true);
    case 'http-request-method':
      return condition.values.map((value) => `acl ${name} method -m str -- ${word(value)}`);
    case 'source-ip':
      return condition.values.map((value) => (network.test(value) ? `acl ${name} src -- ${value}` : neverLine(name)));
    case 'query-string':
      return condition.values.map((value) => queryLine(name, value));
    default:
      // A kind of condition that this release does not know must never let anything through.
      return never(name);
  }
}

/** RFC 9110's token without the quote, which means something in HAProxy's arguments. */
const headerName = /^[A-Za-z0-9!#$%&*+.^_`|~-]+$/;
const network = /^[0-9a-fA-F.:]+(\/\d{1,3})?$/;

function patterns(
  name: string,
  sample: string,
  { values, regex }: { readonly values: readonly string[]; readonly regex?: boolean },
  ignoreCase: boolean,
): readonly string[] {
  return values.map((value) =>
    aclLine(name, sample, regex === true ? { method: 'reg', pattern: value } : wildcardMatch(value), ignoreCase),
  );
}

/** One of the parameters has this name and value; without a name, any parameter's value. */
function queryLine(name: string, { key, value }: { readonly key?: string; readonly value: string }): string {
  const wantedKey = key === undefined ? '([^&=]*=)?' : `${escapedWildcardRegex(key, '[^&=]')}=`;
  const pattern = `(^|&)${wantedKey}${escapedWildcardRegex(value, '[^&]')}(&|$)`;
  return aclLine(name, 'query', { method: 'reg', pattern }, true);
}

function neverLine(name: string): string {
  return `acl ${name} always_false`;
}

function never(name: string): readonly string[] {
  return [neverLine(name)];
}
