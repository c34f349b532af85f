import type { RecordType } from '#model';

/**
 * What the values of records may look like. A problem is told in Route 53's words for it, which are observed; where
 * they are not known, in its manner. Source: "Supported DNS record types" in its developer guide.
 */

type Check = (value: string) => string | undefined;

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const domain = /^(?=.{1,255}$)(?:[A-Za-z0-9_*\\-]{1,252})(?:\.[A-Za-z0-9_*\\-]{1,252})*\.?$/;
const quoted = /^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/s;

function isIpv6(value: string): boolean {
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(value)) return false;
  const [, last] = /:((?:\d{1,3}\.){3}\d{1,3})$/.exec(value) ?? [];
  if (last !== undefined && !ipv4.test(last)) return false;
  const groups = last === undefined ? value : `${value.slice(0, -last.length)}0:0`;
  const halves = groups.split('::');
  if (halves.length > 2) return false;
  const parts = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return false;
  return halves.length === 2 ? parts.length < 8 : parts.length === 8;
}

function domainValue(value: string): string | undefined {
  return domain.test(value) ? undefined : 'DomainLabelMalformed (Value is not a valid domain name)';
}

function textValue(value: string): string | undefined {
  if (!quoted.test(value)) {
    return 'InvalidCharacterString (Value should be enclosed in quotation marks)';
  }
  const strings = value.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  const tooLong = strings.some((each) => Buffer.byteLength(each.slice(1, -1).replaceAll(/\\(?:\d{3}|.)/gs, '.')) > 255);
  return tooLong ? 'CharacterStringTooLong (Value is too long)' : undefined;
}

function matching(pattern: RegExp, problem: string): Check {
  return (value) => (pattern.test(value) ? undefined : problem);
}

const number16 = '(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d{2}|6[0-4]\\d{3}|[1-5]?\\d{1,4})';

const checks: Readonly<Record<RecordType, Check>> = {
  A: matching(ipv4, 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'),
  AAAA: (value) => (isIpv6(value) ? undefined : 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)'),
  CNAME: domainValue,
  NS: domainValue,
  PTR: domainValue,
  MX: matching(
    new RegExp(`^${number16}\\s+\\S+$`),
    'MXRRDATANotTwoFields (MX record does not have 2 fields) or a malformed one',
  ),
  SRV: matching(
    new RegExp(`^(?:${number16}\\s+){3}\\S+$`),
    'SRVRRDATANotFourFields (SRV record does not have 4 fields) or a malformed one',
  ),
  SOA: matching(/^\S+\s+\S+(?:\s+\d{1,10}){5}$/, 'SOARRDATANotSevenFields (SOA record does not have 7 fields)'),
  TXT: textValue,
  SPF: textValue,
  CAA: matching(
    /^(?:25[0-5]|2[0-4]\d|1?\d?\d)\s+[A-Za-z0-9]+\s+"(?:[^"\\]|\\.)*"$/,
    'CAARRDATANotThreeFields (CAA record does not have 3 fields) or a malformed one',
  ),
  DS: matching(/^\d{1,5}\s+\d{1,3}\s+\d{1,3}\s+[0-9a-fA-F ]+$/, 'DSRRDATAMalformed (DS record is malformed)'),
  NAPTR: matching(
    /^\d{1,5}\s+\d{1,5}\s+"[^"]*"\s+"[^"]*"\s+"[^"]*"\s+\S+$/,
    'NAPTRRRDATANotSixFields (NAPTR record does not have 6 fields) or a malformed one',
  ),
  SSHFP: matching(/^\d{1,3}\s+\d{1,3}\s+[0-9a-fA-F]+$/, 'SSHFPRRDATAMalformed (SSHFP record is malformed)'),
  TLSA: matching(/^(?:\d{1,3}\s+){3}[0-9a-fA-F]+$/, 'TLSARRDATAMalformed (TLSA record is malformed)'),
  HTTPS: matching(/^\d{1,5}\s+\S+(?:\s+.+)?$/, 'HTTPSRRDATAMalformed (HTTPS record is malformed)'),
  SVCB: matching(/^\d{1,5}\s+\S+(?:\s+.+)?$/, 'SVCBRRDATAMalformed (SVCB record is malformed)'),
};

/** What is wrong with the values, each in a sentence. */
export function valueProblems(type: RecordType, values: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return values.flatMap((value) => {
    const problem = checks[type](value);
    if (problem !== undefined) {
      return [`Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value.slice(0, 256)}''`];
    }
    if (seen.has(value)) return [`Duplicate Resource Record: '${value.slice(0, 256)}'`];
    seen.add(value);
    return [];
  });
}
