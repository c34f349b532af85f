import type { Instant } from '#base';
import type { ClusterArn, Scope, ServiceArn, ServiceRevisionArn } from './arn.ts';
import type { ResolvedLoadBalancer } from './balancing/service-load-balancer.ts';
import { type Deployment, type DeploymentSettings, type Service, settingsOf } from './service.ts';
import type { RevisionConnect } from './service-connect.ts';
import { revisionArnOf } from './service-deployment.ts';
import type { TaskDefinition } from './task-definition.ts';

/** An image of a revision; the digest is known once its first task has it, and all later tasks get that one. */
export interface ContainerImage {
  readonly containerName: string;
  readonly image: string;
  readonly imageDigest?: string;
}

/** What a service ran, or runs: made with a deployment, whose number it has, and never changed but for digests. */
export interface ServiceRevision extends Scope, DeploymentSettings {
  readonly serviceRevisionArn: ServiceRevisionArn;
  readonly serviceArn: ServiceArn;
  readonly clusterArn: ClusterArn;
  /** As the task definition named them, which may be deleted before the revision is. */
  readonly containerImages: readonly ContainerImage[];
  /** In the order of its load balancers; absent until its first task is to start. */
  readonly resolvedLoadBalancers?: readonly ResolvedLoadBalancer[];
  /** What it has of Service Connect; absent: nothing. */
  readonly connect?: RevisionConnect;
  /** Of an Express service: where its tasks are asked how they are. */
  readonly healthCheckPath?: string;
  readonly createdAt: Instant;
}

/** The revision that a new deployment of the service makes. */
export function newServiceRevision(
  service: Pick<Service, 'serviceArn' | 'clusterArn' | 'express' | keyof Scope>,
  deployment: Deployment,
  definition: Pick<TaskDefinition, 'containerDefinitions'>,
  connect?: RevisionConnect,
): ServiceRevision {
  const { accountId, region, serviceArn, clusterArn, express } = service;
  return {
    accountId,
    region,
    serviceRevisionArn: revisionArnOf(serviceArn, deployment),
    serviceArn,
    clusterArn,
    ...settingsOf(deployment),
    containerImages: definition.containerDefinitions.map(({ name, image }) => ({
      containerName: name ?? '',
      image: image ?? '',
    })),
    ...(connect === undefined ? {} : { connect }),
    ...(express === undefined ? {} : { healthCheckPath: express.healthCheckPath }),
    createdAt: deployment.createdAt,
  };
}
