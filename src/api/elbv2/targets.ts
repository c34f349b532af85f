import { cidrBlocksOf, contains, parseCidr, parseIpv4, scopeKey, type TargetGroup } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { validationError } from './errors.ts';
import type { TargetInput } from './service.ts';

/** A target as a request names it. */
export interface AskedTarget {
  readonly id: string;
  readonly port?: number;
  readonly availabilityZone?: string;
}

export function askedTargets(inputs: readonly TargetInput[] | undefined): readonly AskedTarget[] {
  if (inputs === undefined || inputs.length === 0) throw validationError('At least one target must be specified');
  return inputs.map(({ Id, Port, AvailabilityZone }) => {
    if (Port !== undefined && (Port < 1 || Port > 65_535)) {
      throw validationError(`Port '${Port}' must be between '1' and '65535' inclusive`);
    }
    return {
      id: Id,
      ...(Port === undefined ? {} : { port: Port }),
      ...(AvailabilityZone === undefined ? {} : { availabilityZone: AvailabilityZone }),
    };
  });
}

/** Checks that the group may have such targets: instances that are there, or addresses that are private. */
export function requireTargets(view: RoadsteadView, group: TargetGroup, asked: readonly AskedTarget[]): void {
  if (group.targetType === 'instance') {
    const missing = asked.map(({ id }) => id).filter((id) => !hasInstance(view, group, id));
    if (missing.length === 0) return;
    throw new ApiError(
      'InvalidTarget',
      `The following targets are not registered instances: '${missing.join("', '")}'`,
    );
  }
  for (const { id, availabilityZone } of asked) requireAddress(view, group, id, availabilityZone);
}

function hasInstance(view: RoadsteadView, group: TargetGroup, id: string): boolean {
  return [...view.containerInstances.by('instanceId', id)].some((instance) => scopeKey(instance) === scopeKey(group));
}

/** The ranges that targets outside of the VPC may be in. Source: "Register targets", RFC 1918 and RFC 6598. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

function requireAddress(view: RoadsteadView, group: TargetGroup, id: string, zone: string | undefined): void {
  const address = parseIpv4(id);
  if (address === undefined) throw validationError(`The IP address '${id}' is not a valid IPv4 address`);
  const vpc = view.vpcs.find(group.vpcId);
  const inside = vpc !== undefined && cidrBlocksOf(vpc).some((block) => isIn(address, block));
  if (inside) {
    if (zone === undefined || zone !== 'all') return;
    throw validationError(
      `You cannot specify 'all' as the Availability Zone of the IP address '${id}', which is in the VPC '${group.vpcId}'`,
    );
  }
  if (!privateRanges.some((range) => isIn(address, range))) {
    throw validationError(`The IP address '${id}' is not within the ranges that targets may be in`);
  }
  if (zone === 'all') return;
  throw validationError(
    `You must specify 'all' as the Availability Zone when registering IP address '${id}', which is outside of the VPC '${group.vpcId}'`,
  );
}

function isIn(address: number, cidr: string): boolean {
  const range = parseCidr(cidr);
  return range !== undefined && contains(range, { base: address, prefixLength: 32 });
}
