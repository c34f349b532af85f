import type { ServiceRevision } from '../service-revision.ts';

/** How a deployment shifts the traffic of a service between two target groups. */
export interface TrafficConfiguration {
  readonly alternateTargetGroupArn: string;
  /** A rule of an Application Load Balancer, or a listener of a Network Load Balancer. */
  readonly productionListenerRule: string;
  readonly testListenerRule?: string;
  readonly roleArn: string;
}

/** A target group that the tasks of a service are registered with, and the port that is. */
export interface ServiceLoadBalancer {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
  readonly advancedConfiguration?: TrafficConfiguration;
}

/** A target group that one task is registered with. */
export type TaskTargetGroup = Omit<ServiceLoadBalancer, 'advancedConfiguration'>;

/** What a revision's tasks are registered with: of two target groups that traffic shifts between, its own. */
export interface ResolvedLoadBalancer {
  readonly targetGroupArn: string;
  readonly productionListenerRule?: string;
}

/**
 * The target groups of a revision. With a source it takes those that the source does not have, so that both run side by
 * side; where nothing is to be shifted (`beside` is false) it takes the source's own.
 */
export function resolveLoadBalancers(
  balancers: readonly ServiceLoadBalancer[],
  source: Pick<ServiceRevision, 'resolvedLoadBalancers'> | undefined,
  beside: boolean,
): readonly ResolvedLoadBalancer[] {
  const taken = new Set(source?.resolvedLoadBalancers?.map(({ targetGroupArn }) => targetGroupArn));
  return balancers.map(({ targetGroupArn, advancedConfiguration: advanced }) => {
    if (advanced === undefined) return { targetGroupArn };
    const { alternateTargetGroupArn: alternate, productionListenerRule } = advanced;
    const isSource = (arn: string): boolean => taken.has(arn);
    const swapped = beside ? isSource(targetGroupArn) : isSource(alternate) && !isSource(targetGroupArn);
    return { targetGroupArn: swapped ? alternate : targetGroupArn, productionListenerRule };
  });
}

/** What a task of a revision is registered with. */
export function taskTargetGroups(
  balancers: readonly ServiceLoadBalancer[],
  resolved: readonly ResolvedLoadBalancer[] | undefined,
): readonly TaskTargetGroup[] {
  return balancers.map(({ targetGroupArn, containerName, containerPort }, index) => ({
    targetGroupArn: resolved?.[index]?.targetGroupArn ?? targetGroupArn,
    containerName,
    containerPort,
  }));
}
