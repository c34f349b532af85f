import { type Deployment, newDeploymentId, type Service } from '#model';
import type { OperationContext } from '../../operation.ts';
import { resolvedPlatformVersion } from '../task/launch-type.ts';

/** A new PRIMARY deployment of a service as its settings now stand; the service loop fills it with tasks. */
export function newDeployment(
  service: Pick<
    Service,
    'taskDefinitionArn' | 'launchType' | 'capacityProviderStrategy' | 'platformVersion' | 'networkConfiguration'
  >,
  ctx: OperationContext,
): Deployment {
  const id = newDeploymentId(ctx.ids);
  const platformVersion = resolvedPlatformVersion(service.platformVersion);
  return {
    id,
    status: 'PRIMARY',
    taskDefinitionArn: service.taskDefinitionArn,
    launchType: service.launchType,
    ...(service.capacityProviderStrategy === undefined
      ? {}
      : { capacityProviderStrategy: service.capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(service.networkConfiguration === undefined ? {} : { networkConfiguration: service.networkConfiguration }),
    desiredCount: 0,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    createdAt: ctx.now,
    updatedAt: ctx.now,
  };
}

/** The service with a new deployment in front; the ones before it only drain. */
export function withNewDeployment(service: Service, ctx: OperationContext): Service {
  const older = service.deployments.map((deployment) =>
    deployment.status === 'PRIMARY' ? { ...deployment, status: 'ACTIVE' as const, updatedAt: ctx.now } : deployment,
  );
  const { steadySince: _, ...rest } = service;
  return { ...rest, deployments: [newDeployment(service, ctx), ...older] };
}
