import type { AwsvpcConfiguration, DeploymentId, Service, ServiceArn } from '#model';
import type { Totals } from '#store';

/** How the API shows settings that services, deployments, revisions and task sets have in common. */
export function presentPlatform(platformVersion: string | undefined) {
  return platformVersion === undefined ? {} : { platformVersion, platformFamily: 'Linux' };
}

/** Who made, and changes, what a service needs: ECS, of Express services. */
export function managerOf({ express }: Pick<Service, 'express'>): 'ECS' | 'CUSTOMER' {
  return express === undefined ? 'CUSTOMER' : 'ECS';
}

/** The tasks of a deployment, or task set, of a service. */
export function presentTaskCounts(totals: Totals, serviceArn: ServiceArn, id: DeploymentId) {
  const counts = totals.services.of(serviceArn).byDeployment.get(id);
  return { pendingCount: counts?.pending ?? 0, runningCount: counts?.running ?? 0 };
}

export function presentNetwork(configuration: AwsvpcConfiguration | undefined) {
  if (configuration === undefined) return {};
  return {
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...configuration.subnets],
        securityGroups: [...configuration.securityGroups],
        assignPublicIp: configuration.assignPublicIp,
      },
    },
  };
}

/** Where tasks are registered by name. */
export function presentRegistries({ serviceRegistries = [] }: Pick<Service, 'serviceRegistries'>) {
  return serviceRegistries.map((registry) => ({ ...registry }));
}

/** A strategy, or else a launch type: never both. */
export function computeMembers({
  launchType,
  capacityProviderStrategy,
}: Pick<Service, 'launchType' | 'capacityProviderStrategy'>) {
  return capacityProviderStrategy === undefined
    ? { launchType }
    : { capacityProviderStrategy: [...capacityProviderStrategy] };
}

/** Load balancers as services, task sets and revisions show them. */
export function presentLoadBalancers(balancers: Service['loadBalancers'] = []) {
  return balancers.map(({ advancedConfiguration, ...balancer }) => ({
    ...balancer,
    ...(advancedConfiguration === undefined ? {} : { advancedConfiguration: { ...advancedConfiguration } }),
  }));
}
