import { describe, expect, it } from 'vitest';
import type { RecordType } from '#model';
import { valueProblems } from './record-values.ts';

const good: readonly (readonly [RecordType, string])[] = [
  ['A', '10.0.0.1'],
  ['AAAA', '2001:db8::1'],
  ['AAAA', '::'],
  ['AAAA', '1:2:3:4:5:6:7:8'],
  ['AAAA', '::ffff:10.0.0.1'],
  ['CNAME', 'a.example.com'],
  ['NS', 'ns-1.example.com.'],
  ['MX', '10 mail.example.com'],
  ['SRV', '1 10 5269 xmpp.example.com'],
  ['TXT', '"v=spf1 -all"'],
  ['TXT', '"a \\" b" "c"'],
  ['SOA', 'ns.example.com. host.example.com. 1 7200 900 1209600 60'],
  ['CAA', '0 issue "ca.example.com"'],
  ['NAPTR', '100 10 "U" "SIP+E2U" "!^.*$!sip:info@example.com!" .'],
  ['HTTPS', '1 . alpn="h2"'],
];

const bad: readonly (readonly [RecordType, string, string])[] = [
  ['A', '10.0.0.256', 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'],
  ['A', 'a', 'ARRDATAIllegalIPv4Address'],
  ['AAAA', '10.0.0.1', 'AAAARRDATAIllegalIPv6Address'],
  ['AAAA', '1::2::3', 'AAAARRDATAIllegalIPv6Address'],
  ['AAAA', '1:2:3:4:5:6:7', 'AAAARRDATAIllegalIPv6Address'],
  ['AAAA', '::ffff:10.0.0.300', 'AAAARRDATAIllegalIPv6Address'],
  ['CNAME', 'a b', 'DomainLabelMalformed'],
  ['MX', 'mail.example.com', 'MXRRDATANotTwoFields'],
  ['MX', '70000 mail.example.com', 'MXRRDATANotTwoFields'],
  ['SRV', '1 10 xmpp', 'SRVRRDATANotFourFields'],
  ['TXT', 'v=spf1', 'InvalidCharacterString (Value should be enclosed in quotation marks)'],
  ['TXT', `"${'a'.repeat(256)}"`, 'CharacterStringTooLong'],
  ['SOA', 'a b 1', 'SOARRDATANotSevenFields'],
];

describe('values of records', () => {
  it.each(good)('%s %s', (type, value) => {
    expect(valueProblems(type, [value])).toEqual([]);
  });

  it.each(bad)('%s %s is refused', (type, value, problem) => {
    const [found] = valueProblems(type, [value]);
    expect(found).toContain(`Invalid Resource Record: 'FATAL problem: ${problem}`);
    expect(found).toContain(`encountered with '${value.slice(0, 256)}`);
  });

  it('may not be the same twice', () => {
    expect(valueProblems('A', ['10.0.0.1', '10.0.0.1'])).toEqual(["Duplicate Resource Record: '10.0.0.1'"]);
  });
});
