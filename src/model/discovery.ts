import type { Instant } from '#base';
import type { Scope, ServiceArn, TaskArn } from './arn.ts';
import { scopeKey } from './arn.ts';
import type { Tag } from './tags.ts';

/**
 * AWS Cloud Map's records. A namespace holds services, a service holds instances; what is answered by DNS is never
 * stored but follows from them (`discovery-names.ts`).
 */

/** HTTP: found by DiscoverInstances alone. DNS_PRIVATE: also by DNS, from one VPC. DNS_PUBLIC: by DNS from all of them. */
export type NamespaceType = 'HTTP' | 'DNS_PRIVATE' | 'DNS_PUBLIC';

export interface DiscoveryNamespace extends Scope {
  /** `ns-` and 16 lower-case letters and digits. */
  readonly namespaceId: string;
  readonly name: string;
  /** What DiscoverInstances calls it: the name, with a hash behind it where that was taken. */
  readonly httpName: string;
  readonly type: NamespaceType;
  readonly description?: string;
  /** Of namespaces that DNS answers for. */
  readonly hostedZoneId?: string;
  /** How long resolvers may keep that there is nothing, seconds. With `hostedZoneId`. */
  readonly soaTtl?: number;
  /** DNS_PRIVATE only. */
  readonly vpcId?: string;
  readonly creatorRequestId?: string;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

export type DiscoveryRecordType = 'A' | 'AAAA' | 'SRV' | 'CNAME';

export interface DiscoveryDnsConfig {
  /** MULTIVALUE: up to eight in random order. WEIGHTED: one. */
  readonly routingPolicy: 'MULTIVALUE' | 'WEIGHTED';
  /** `ttl` in seconds. */
  readonly dnsRecords: readonly { readonly type: DiscoveryRecordType; readonly ttl: number }[];
}

export interface DiscoveryService extends Scope {
  /** `srv-` and 16 lower-case letters and digits. */
  readonly serviceId: string;
  readonly namespaceId: string;
  readonly name: string;
  /** HTTP: found by DiscoverInstances alone. */
  readonly type: 'HTTP' | 'DNS_HTTP';
  readonly description?: string;
  readonly dnsConfig?: DiscoveryDnsConfig;
  /** Health is what UpdateInstanceCustomHealthStatus, or ECS, says it is. */
  readonly customHealth?: true;
  readonly attributes: Readonly<Record<string, string>>;
  /** Grows with each instance that comes or goes. */
  readonly instancesRevision: number;
  /** Made by ECS for a Service Connect endpoint, and removed by it. */
  readonly managedByEcs?: true;
  /** The service whose endpoint it is. With `managedByEcs`. */
  readonly ecsServiceArn?: ServiceArn;
  readonly creatorRequestId?: string;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

export type DiscoveryHealth = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

export interface DiscoveryInstance extends Scope {
  readonly serviceId: string;
  readonly instanceId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Only in services with custom health. */
  readonly health?: 'HEALTHY' | 'UNHEALTHY';
  /** Registered by ECS for this task. */
  readonly taskArn?: TaskArn;
  readonly creatorRequestId?: string;
  readonly createdAt: Instant;
}

export type DiscoveryOperationType =
  | 'CREATE_NAMESPACE'
  | 'DELETE_NAMESPACE'
  | 'UPDATE_NAMESPACE'
  | 'UPDATE_SERVICE'
  | 'REGISTER_INSTANCE'
  | 'DEREGISTER_INSTANCE';

/** What became of a request; clients ask for it by its id. Kept for a day. */
export interface DiscoveryOperation extends Scope {
  readonly operationId: string;
  readonly type: DiscoveryOperationType;
  readonly status: 'SUBMITTED' | 'PENDING' | 'SUCCESS' | 'FAIL';
  readonly targets: Readonly<Partial<Record<'NAMESPACE' | 'SERVICE' | 'INSTANCE', string>>>;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly createdAt: Instant;
}

/** Instances are unique within their service. */
export function discoveryInstanceKey(serviceId: string, instanceId: string): string {
  return `${serviceId}/${instanceId}`;
}

/** By which DiscoverInstances finds a namespace. */
export function httpNameKey(scope: Scope, httpName: string): string {
  return `${scopeKey(scope)}/${httpName}`;
}

/** `arn:aws:servicediscovery:<region>:<account>:namespace/ns-…`. */
export function discoveryNamespaceArn(scope: Scope, namespaceId: string): string {
  return `arn:aws:servicediscovery:${scope.region}:${scope.accountId}:namespace/${namespaceId}`;
}

/** `arn:aws:servicediscovery:<region>:<account>:service/srv-…`. */
export function discoveryServiceArn(scope: Scope, serviceId: string): string {
  return `arn:aws:servicediscovery:${scope.region}:${scope.accountId}:service/${serviceId}`;
}

/** UNKNOWN where nobody says. */
export function discoveryHealth(
  service: Pick<DiscoveryService, 'customHealth'>,
  instance: Pick<DiscoveryInstance, 'health'>,
): DiscoveryHealth {
  return service.customHealth === true ? (instance.health ?? 'HEALTHY') : 'UNKNOWN';
}

/** Those that are not unhealthy; all of them when all are. Source: "Multivalue answer routing" and "Failing open". */
export function healthyOrElseAll(instances: readonly DiscoveryInstance[]): readonly DiscoveryInstance[] {
  const well = instances.filter(({ health }) => health !== 'UNHEALTHY');
  return well.length === 0 ? instances : well;
}
