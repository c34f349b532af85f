import { type DiscoveryNamespace, type DiscoveryService, instanceAttributes } from '#model';
import { invalidInput } from './errors.ts';
import { limits } from './limits.ts';

export type Attributes = Readonly<Record<string, string>>;

export const initialHealth = 'AWS_INIT_HEALTH_STATUS';
export const ec2Instance = 'AWS_EC2_INSTANCE_ID';
const { ipv4, ipv6, port, cname, alias } = instanceAttributes;

const ipv4Pattern = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const ipv6Pattern = /^(?=.*:.*:)[0-9a-f:]{2,39}$/i;

/**
 * Checks what an instance is registered with against the records of its service. InvalidInput otherwise. Source:
 * RegisterInstance in the API reference.
 */
export function checkAttributes(
  attributes: Attributes,
  service: DiscoveryService,
  namespace: DiscoveryNamespace,
): void {
  checkSizes(attributes);
  checkValues(attributes);
  checkEc2Instance(attributes, namespace);
  const types = new Set((service.dnsConfig?.dnsRecords ?? []).map(({ type }) => type));
  if (attributes[alias] !== undefined) {
    checkAlias(attributes, service);
    return;
  }
  if (types.has('A')) requireAttribute(attributes, ipv4, 'an A record');
  if (types.has('AAAA')) requireAttribute(attributes, ipv6, 'an AAAA record');
  if (types.has('CNAME')) requireAttribute(attributes, cname, 'a CNAME record');
  if (!types.has('SRV')) return;
  requireAttribute(attributes, port, 'an SRV record');
  if (attributes[ipv4] === undefined && attributes[ipv6] === undefined) {
    throw invalidInput(`The service has an SRV record: ${ipv4}, ${ipv6} or both are required.`);
  }
}

function checkSizes(attributes: Attributes): void {
  const names = Object.keys(attributes);
  const custom = names.filter((name) => !name.startsWith('AWS_'));
  if (custom.length > limits.customAttributes) {
    throw invalidInput(`An instance can have no more than ${limits.customAttributes} custom attributes.`);
  }
  const characters = names.reduce((sum, name) => sum + name.length + (attributes[name]?.length ?? 0), 0);
  if (characters > limits.attributeCharacters) {
    throw invalidInput(`The attributes are longer than ${limits.attributeCharacters} characters.`);
  }
}

function checkValues(attributes: Attributes): void {
  const wrong = (name: string, good: (value: string) => boolean): boolean => {
    const value = attributes[name];
    return value !== undefined && !good(value);
  };
  if (wrong(ipv4, (value) => ipv4Pattern.test(value))) throw invalidValue(ipv4, 'an IPv4 address');
  if (wrong(ipv6, (value) => ipv6Pattern.test(value))) throw invalidValue(ipv6, 'an IPv6 address');
  if (wrong(port, (value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535)) {
    throw invalidValue(port, 'a port from 0 to 65535');
  }
  if (wrong(initialHealth, (value) => value === 'HEALTHY' || value === 'UNHEALTHY')) {
    throw invalidValue(initialHealth, 'HEALTHY or UNHEALTHY');
  }
}

function checkEc2Instance(attributes: Attributes, namespace: DiscoveryNamespace): void {
  if (attributes[ec2Instance] === undefined) return;
  if (namespace.type !== 'HTTP') throw invalidInput(`${ec2Instance} is for HTTP namespaces only.`);
  if (Object.keys(attributes).some((name) => name !== ec2Instance && name !== initialHealth)) {
    throw invalidInput(`With ${ec2Instance} no attribute but ${initialHealth} can be specified.`);
  }
}

function checkAlias(attributes: Attributes, { dnsConfig }: DiscoveryService): void {
  if (Object.keys(attributes).some((name) => name.startsWith('AWS_INSTANCE_'))) {
    throw invalidInput(`With ${alias} no attribute whose name begins with AWS_INSTANCE_ can be specified.`);
  }
  if (dnsConfig?.routingPolicy !== 'WEIGHTED' || !dnsConfig.dnsRecords.every(({ type }) => type.startsWith('A'))) {
    throw invalidInput(`${alias} needs a service with the routing policy WEIGHTED and A or AAAA records alone.`);
  }
}

function requireAttribute(attributes: Attributes, name: string, record: string): void {
  if (attributes[name] === undefined) throw invalidInput(`The service has ${record}: ${name} is required.`);
}

function invalidValue(name: string, wanted: string): Error {
  return invalidInput(`The value of ${name} must be ${wanted}.`);
}
