import type { AwsvpcConfiguration, Service } from '#model';

/** How the API shows settings that services, deployments, revisions and task sets have in common. */
export function presentPlatform(platformVersion: string | undefined) {
  return platformVersion === undefined ? {} : { platformVersion, platformFamily: 'Linux' };
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

/** A strategy, or else a launch type: never both. */
export function computeMembers({
  launchType,
  capacityProviderStrategy,
}: Pick<Service, 'launchType' | 'capacityProviderStrategy'>) {
  return capacityProviderStrategy === undefined
    ? { launchType }
    : { capacityProviderStrategy: [...capacityProviderStrategy] };
}
