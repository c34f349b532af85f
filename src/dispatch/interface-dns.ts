import {
  attributeValue,
  formatIpv4,
  hasDnsSupport,
  internalDomain,
  type NetworkInterface,
  parseCidr,
  scopeKey,
} from '#model';
import type { RoadsteadView } from '#store';
import { capabilityOf, type PayloadInterface } from '#wire/link';

/** What a task's resolver file gets, in the payload's terms. */
export type InterfaceDns = Pick<PayloadInterface, 'domainName' | 'domainNameServers'>;

/** The name of the VPC's own resolver in a set of DHCP options. */
const ownResolver = 'AmazonProvidedDNS';

/**
 * What the DHCP options of the interface's VPC say of names; nothing for hosts whose agents answer none. Source: "DHCP
 * option sets" in the VPC guide.
 */
export function interfaceDns(view: RoadsteadView, eni: NetworkInterface, hostArn: string): InterfaceDns {
  const host = view.containerInstances.find(hostArn);
  if (host === undefined || attributeValue(host, capabilityOf('names')) === undefined) return {};
  const vpcId = eni.vpcId ?? view.subnets.newest('id', eni.subnetId)?.vpcId ?? '';
  const vpc = view.vpcs.find(vpcId);
  const base = vpc === undefined ? undefined : parseCidr(vpc.cidrBlock);
  if (vpc === undefined || base === undefined) return {};
  const options = optionsOf(view, eni, vpc.dhcpOptionsId);
  const resolver = hasDnsSupport(vpc) ? [formatIpv4(base.base + 2)] : [];
  const servers = (options.get('domain-name-servers') ?? [ownResolver]).flatMap((server) =>
    server === ownResolver ? resolver : [server],
  );
  const domains = (options.get('domain-name') ?? [internalDomain(eni.region)]).flatMap((each) => each.split(/\s+/));
  return {
    ...(servers.length === 0 ? {} : { domainNameServers: servers }),
    ...(domains.length === 0 ? {} : { domainName: domains }),
  };
}

function optionsOf(
  view: RoadsteadView,
  eni: NetworkInterface,
  dhcpOptionsId: string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const set = dhcpOptionsId === undefined ? undefined : view.dhcpOptions.find(`${scopeKey(eni)}/${dhcpOptionsId}`);
  // A VPC without options of its own has the default ones, which say what is said without any.
  return new Map((set?.configurations ?? []).map(({ key, values }) => [key, values]));
}
