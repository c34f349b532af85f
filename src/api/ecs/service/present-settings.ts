import type { AwsvpcConfiguration } from '#model';

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
