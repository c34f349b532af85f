import type { ManagedVolume } from '#model';

/** The volumes that tasks of a deployment get; no member at all without any. */
export function presentVolumes(configurations: readonly ManagedVolume[] | undefined) {
  if (configurations === undefined) return {};
  return {
    volumeConfigurations: configurations.map(({ name, tagSpecifications, deleteOnTermination: _, ...volume }) => ({
      name,
      managedEBSVolume: {
        ...volume,
        ...(tagSpecifications === undefined
          ? {}
          : { tagSpecifications: tagSpecifications.map((each) => ({ ...each, tags: [...each.tags] })) }),
      },
    })),
  };
}
