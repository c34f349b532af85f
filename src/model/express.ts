import type { Instant } from '#base';
import type { CertificateArn } from './certificate.ts';

/** What a service's number of tasks follows. Source: ExpressGatewayScalingTarget. */
export interface ExpressScalingTarget {
  readonly minTaskCount: number;
  readonly maxTaskCount: number;
  readonly autoScalingMetric: 'AVERAGE_CPU' | 'AVERAGE_MEMORY';
  /** Percent of what the tasks have. */
  readonly autoScalingTargetValue: number;
}

/** What was made for one Express service; all of it but the shared load balancer and its group is the service's alone. */
export interface ExpressResources {
  readonly loadBalancerArn: string;
  readonly balancerGroupId: string;
  readonly listenerArn: string;
  readonly ruleArn: string;
  readonly certificateArn: CertificateArn;
  /** The two that traffic shifts between. */
  readonly targetGroupArns: readonly [string, string];
  /** Of the tasks. */
  readonly serviceGroupId: string;
  readonly logGroupName?: string;
}

/** What a service has that CreateExpressGatewayService made. */
export interface ExpressService {
  readonly infrastructureRoleArn: string;
  /** A host name. */
  readonly endpoint: string;
  readonly accessType: 'PUBLIC' | 'PRIVATE';
  readonly healthCheckPath: string;
  readonly scalingTarget: ExpressScalingTarget;
  readonly updatedAt: Instant;
  /** Absent once they are taken away. */
  readonly resources?: ExpressResources;
}

/** How many Express services share a load balancer. Source: "Resources created by Amazon ECS Express Mode services". */
export const expressServicesPerBalancer = 25;

export const expressTag = { key: 'AmazonECSManaged', value: 'true' };

/** The domain of the endpoints of Express services in a region. */
export function expressDomain(region: string): string {
  return `ecs.${region}.localhost`;
}

/**
 * `name-id.ecs.<region>.localhost`, in place of AWS's `.on.aws`: many clients resolve such a name to this machine by
 * themselves. The name is what a DNS label can hold of the service's.
 */
export function expressEndpoint(region: string, serviceName: string, id: string): string {
  const label = serviceName
    .toLowerCase()
    .replaceAll('_', '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  return `${label === '' ? 'service' : label}-${id}.${expressDomain(region)}`;
}
