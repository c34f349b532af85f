import { regexText, word } from '../../haproxy/index.ts';

/** How a value is compared, in HAProxy's words: what follows the sample in an ACL. */
export interface Match {
  readonly method: 'str' | 'beg' | 'end' | 'reg';
  readonly pattern: string;
}

/**
 * A pattern of the load balancer, where `*` is any text and `?` any character. What has no wildcard, or one `*` at an
 * end, is compared as text, which is many times quicker than a regular expression.
 */
export function wildcardMatch(pattern: string): Match {
  const inner = pattern.replace(/^\*|\*$/g, '');
  if (!/[*?]/.test(inner)) {
    if (inner === pattern) return { method: 'str', pattern };
    if (pattern === `${inner}*`) return { method: 'beg', pattern: inner };
    if (pattern === `*${inner}` && inner !== '') return { method: 'end', pattern: inner };
  }
  return { method: 'reg', pattern: `^${wildcardRegex(pattern)}$` };
}

export function wildcardRegex(pattern: string, any = '.'): string {
  return pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? `${any}*` : part === '?' ? any : regexText(part)))
    .join('');
}

/** As {@link wildcardRegex}, where a backslash makes the next character an ordinary one: only query strings have that. */
export function escapedWildcardRegex(pattern: string, any: string): string {
  return pattern.replace(/\\([\\*?])|([*?])|([^*?\\]+|\\)/g, (_whole, escaped, wildcard, text) => {
    if (wildcard === '*') return `${any}*`;
    if (wildcard === '?') return any;
    return regexText(String(escaped ?? text));
  });
}

/** An ACL's line: `acl NAME SAMPLE -m METHOD [-i] -- PATTERN`. The sample is ours, the pattern may be anybody's. */
export function aclLine(name: string, sample: string, { method, pattern }: Match, ignoreCase = false): string {
  return `acl ${name} ${sample} -m ${method}${ignoreCase ? ' -i' : ''} -- ${word(pattern)}`;
}
