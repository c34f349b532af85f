import type { CapacityProvider } from '#model';

/** A capacity provider as the API shows it. Without `TAGS` the list is there and empty. */
export function presentProvider(provider: CapacityProvider, include: { readonly tags: boolean }) {
  const group = provider.autoScalingGroupProvider;
  return {
    capacityProviderArn: provider.capacityProviderArn,
    name: provider.name,
    status: provider.status,
    ...(group === undefined
      ? {}
      : {
          autoScalingGroupProvider: {
            autoScalingGroupArn: group.autoScalingGroupArn,
            managedScaling: { ...group.managedScaling },
            managedTerminationProtection: group.managedTerminationProtection,
            managedDraining: group.managedDraining,
          },
        }),
    ...(provider.updateStatus === undefined ? {} : { updateStatus: provider.updateStatus }),
    tags: include.tags ? [...provider.tags] : [],
    type: provider.type,
  };
}
