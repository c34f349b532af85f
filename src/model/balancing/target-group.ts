import type { Ids, Instant } from '#base';
import type { ContainerInstanceArn, Scope, ServiceArn, TaskArn } from '../arn.ts';
import type { Tag } from '../tags.ts';
import type { ListenerProtocol } from './listener.ts';
import { elbArn } from './load-balancer.ts';

export type TargetGroupProtocol = ListenerProtocol;
export type ProtocolVersion = 'HTTP1' | 'HTTP2' | 'GRPC';
export type TargetType = 'instance' | 'ip';

export interface TargetHealthCheck {
  readonly enabled: boolean;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP';
  /** A number, or `traffic-port`. */
  readonly port: string;
  /** HTTP and HTTPS. */
  readonly path?: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** HTTP and HTTPS: HTTP codes, or gRPC codes of a GRPC group: `200,202` or `200-299`. */
  readonly matcher?: string;
}

export interface TargetGroup extends Scope {
  readonly targetGroupArn: string;
  readonly targetGroupName: string;
  readonly protocol: TargetGroupProtocol;
  /** HTTP and HTTPS. */
  readonly protocolVersion?: ProtocolVersion;
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: TargetType;
  readonly healthCheck: TargetHealthCheck;
  /** Those that were changed, by AWS's keys; the others have AWS's defaults. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable';

/** As DescribeTargetHealth tells it. */
export interface TargetHealth {
  readonly state: TargetState;
  /** AWS's: `Elb.RegistrationInProgress`, `Target.Timeout`, …; none when healthy. */
  readonly reason?: string;
  readonly description?: string;
}

/** What the checks of one host say of a target. */
export interface HostTargetReport {
  readonly state: 'initial' | 'healthy' | 'unhealthy';
  readonly reason?: string;
  readonly description?: string;
}

export interface Target extends Scope {
  readonly targetGroupArn: string;
  /** An address, or the id of an instance. */
  readonly id: string;
  readonly port: number;
  /** `all`: outside of the VPC. Absent: that of the address. */
  readonly availabilityZone?: string;
  /** The task that an ECS service registered; absent when somebody else did. */
  readonly taskArn?: TaskArn;
  readonly serviceArn?: ServiceArn;
  readonly registeredAt: Instant;
  /** Deregistered: it takes no new requests, and is gone then. */
  readonly drainsUntil?: Instant;
  /** By the host that checked. */
  readonly reports: Readonly<Record<ContainerInstanceArn, HostTargetReport>>;
  readonly health: TargetHealth;
}

export function newTargetGroupArn(scope: Scope, name: string, ids: Ids): string {
  return elbArn(scope, `targetgroup/${name}/${ids.hex(16)}`);
}

export function targetKey({ targetGroupArn, id, port }: Pick<Target, 'targetGroupArn' | 'id' | 'port'>): string {
  return `${targetGroupArn}/${id}:${port}`;
}

/** Whether a target of this state may get requests. */
export function isInService(target: Pick<Target, 'health' | 'drainsUntil'>): boolean {
  return target.drainsUntil === undefined && target.health.state === 'healthy';
}
