import { formatCidr, type NetworkAclEntry, parseIpv6Cidr } from '#model';
import { ApiError } from '#wire/aws';
import { cidrFrom } from './cidr-block.ts';
import { invalidParameterCombination, invalidParameterValue, missingParameter } from './errors.ts';

interface EntryRequest {
  readonly RuleNumber: number;
  readonly Protocol: string;
  readonly RuleAction: string;
  readonly Egress: boolean;
  readonly CidrBlock?: string | undefined;
  readonly Ipv6CidrBlock?: string | undefined;
  readonly PortRange?: { readonly From?: number | undefined; readonly To?: number | undefined } | undefined;
  readonly IcmpTypeCode?: { readonly Type?: number | undefined; readonly Code?: number | undefined } | undefined;
}

const numbersOfNames: Readonly<Record<string, string>> = {
  all: '-1',
  icmp: '1',
  tcp: '6',
  udp: '17',
  icmpv6: '58',
};
const highestRuleNumber = 32_766;

/** An entry of a request, checked. */
export function entryFrom(input: EntryRequest): NetworkAclEntry {
  const { RuleNumber, RuleAction, Egress } = input;
  requireRuleNumber(RuleNumber);
  if (RuleAction !== 'allow' && RuleAction !== 'deny') {
    throw invalidParameterValue(`Value (${RuleAction}) for parameter ruleAction is invalid.`);
  }
  const lower = input.Protocol.toLowerCase();
  const protocol = numbersOfNames[lower] ?? lower;
  if (protocol !== '-1' && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255)) {
    throw invalidParameterValue(`Invalid value '${input.Protocol}' for IP protocol. Unknown protocol.`);
  }
  return {
    ruleNumber: RuleNumber,
    egress: Egress,
    ruleAction: RuleAction,
    protocol,
    ...blockFrom(input),
    ...(protocol === '6' || protocol === '17' ? { portRange: portRangeFrom(input) } : {}),
    ...(protocol === '1' || protocol === '58' ? { icmpTypeCode: icmpFrom(input) } : {}),
  };
}

export function requireRuleNumber(ruleNumber: number): void {
  if (ruleNumber >= 1 && ruleNumber <= highestRuleNumber) return;
  throw invalidParameterValue(
    `Value (${ruleNumber}) for parameter ruleNumber is invalid. It is a number from 1 to ${highestRuleNumber}.`,
  );
}

function blockFrom({ CidrBlock, Ipv6CidrBlock }: EntryRequest) {
  if (CidrBlock !== undefined && Ipv6CidrBlock !== undefined) {
    throw invalidParameterCombination('An entry has a cidrBlock or an ipv6CidrBlock, not both.');
  }
  if (CidrBlock !== undefined) return { cidrBlock: formatCidr(cidrFrom(CidrBlock, 'cidrBlock')) };
  if (Ipv6CidrBlock === undefined) throw missingParameter('cidrBlock');
  const ipv6CidrBlock = parseIpv6Cidr(Ipv6CidrBlock);
  if (ipv6CidrBlock !== undefined) return { ipv6CidrBlock };
  throw invalidParameterValue(
    `Value (${Ipv6CidrBlock}) for parameter ipv6CidrBlock is invalid. This is not a valid CIDR block.`,
  );
}

function portRangeFrom({ PortRange }: EntryRequest): { readonly from: number; readonly to: number } {
  const { From, To } = PortRange ?? {};
  if (From === undefined || To === undefined) throw missingParameter('portRange');
  if (From < 0 || To > 65_535 || From > To) throw invalidParameterValue(`Invalid port range (${From},${To})`);
  return { from: From, to: To };
}

function icmpFrom({ IcmpTypeCode }: EntryRequest): { readonly type: number; readonly code: number } {
  const { Type, Code } = IcmpTypeCode ?? {};
  if (Type === undefined || Code === undefined) throw missingParameter('icmpTypeCode');
  for (const value of [Type, Code]) {
    if (value < -1 || value > 255) throw invalidParameterValue(`ICMP type or code out of range: ${value}`);
  }
  return { type: Type, code: Code };
}

export function isEntry(
  entry: NetworkAclEntry,
  { ruleNumber, egress }: Pick<NetworkAclEntry, 'ruleNumber' | 'egress'>,
): boolean {
  return entry.ruleNumber === ruleNumber && entry.egress === egress;
}

export function entryNotFound(ruleNumber: number): ApiError {
  return new ApiError(
    'InvalidNetworkAclEntry.NotFound',
    `The network acl entry identified by ${ruleNumber} does not exist.`,
  );
}
