import { balancersOf } from '#balancing';
import type { ProtocolVersion, Scope, TargetGroup, TargetGroupProtocol, TargetType } from '#model';
import type { RoadsteadView } from '#store';
import { invalidConfiguration, notHere, validationError } from './errors.ts';
import { checkedHealthCheck, presentHealthCheck } from './health-check.ts';
import { checkedName } from './names.ts';
import type { CreateTargetGroupInput } from './service.ts';

/** What a request makes of a group: all of it but what only the store knows. */
export type AskedTargetGroup = Omit<TargetGroup, keyof Scope | 'targetGroupArn' | 'tags' | 'createdAt'>;

const protocols: readonly string[] = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP'];

export function checkedTargetGroup(input: CreateTargetGroupInput): AskedTargetGroup {
  const targetGroupName = checkedName(input.Name ?? '', 'Target group');
  const targetType = checkedType(input.TargetType);
  if (input.Protocol === undefined) throw validationError('A protocol must be specified');
  if (!protocols.includes(input.Protocol)) throw notHere(`The protocol '${input.Protocol}'`);
  const protocol = input.Protocol as TargetGroupProtocol;
  if (input.Port === undefined) throw validationError('A port must be specified');
  if (input.Port < 1 || input.Port > 65_535) {
    throw validationError(`Port '${input.Port}' must be between '1' and '65535' inclusive`);
  }
  if (input.VpcId === undefined || input.VpcId === '') throw validationError('A VPC ID must be specified');
  if (input.IpAddressType === 'ipv6') throw notHere("The IP address type 'ipv6'");
  if (input.TargetControlPort !== undefined) throw notHere('TargetControlPort');
  const version = checkedVersion(input.ProtocolVersion, protocol);
  const checks = { protocol, ...version };
  return {
    targetGroupName,
    protocol,
    ...version,
    port: input.Port,
    vpcId: input.VpcId,
    targetType,
    healthCheck: checkedHealthCheck(input, checks),
    attributes: {},
  };
}

function checkedType(type: CreateTargetGroupInput['TargetType']): TargetType {
  if (type === 'lambda' || type === 'alb') throw notHere(`The target type '${type}'`);
  return type ?? 'instance';
}

function checkedVersion(
  asked: string | undefined,
  protocol: TargetGroupProtocol,
): { readonly protocolVersion?: ProtocolVersion } {
  const http = protocol === 'HTTP' || protocol === 'HTTPS';
  if (!http) {
    if (asked === undefined || asked === '') return {};
    throw invalidConfiguration(`Protocol version is not supported for target groups with the protocol '${protocol}'`);
  }
  // Terraform sends the empty text when nobody said which.
  const version = asked === undefined || asked === '' ? 'HTTP1' : asked;
  if (version !== 'HTTP1' && version !== 'HTTP2' && version !== 'GRPC') {
    throw validationError(`Protocol version '${version}' must be one of 'GRPC, HTTP1, HTTP2'`);
  }
  return { protocolVersion: version };
}

/** Whether a group is what a request asks for, so that making it again changes nothing. */
export function isAlike(group: TargetGroup, asked: AskedTargetGroup): boolean {
  const text = ({
    targetGroupName,
    protocol,
    protocolVersion,
    port,
    vpcId,
    targetType,
    healthCheck,
  }: AskedTargetGroup) =>
    JSON.stringify([targetGroupName, protocol, protocolVersion, port, vpcId, targetType, sorted(healthCheck)]);
  return text(group) === text(asked);
}

function sorted(record: object): readonly unknown[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** As the API shows it. */
export function presentTargetGroup(view: RoadsteadView, group: TargetGroup) {
  const { protocolVersion } = group;
  return {
    TargetGroupArn: group.targetGroupArn,
    TargetGroupName: group.targetGroupName,
    Protocol: group.protocol,
    Port: group.port,
    VpcId: group.vpcId,
    ...presentHealthCheck(group.healthCheck, group),
    LoadBalancerArns: balancersOf(view, group.targetGroupArn).map(({ loadBalancerArn }) => loadBalancerArn),
    TargetType: group.targetType,
    ...(protocolVersion === undefined ? {} : { ProtocolVersion: protocolVersion }),
    IpAddressType: 'ipv4' as const,
  };
}
