import type { ManagedVolume } from '#model';

/** The volumes that tasks of a deployment get; no member at all without any. */
export function presentVolumes(configurations: readonly ManagedVolume[] | undefined) {
  if (configurations === undefined) return {};
  return { volumeConfigurations: configurations.map(presentVolume) };
}

function presentVolume(configuration: ManagedVolume) {
  const { name, tagSpecifications, deleteOnTermination: _standalone, ...volume } = configuration;
  const specifications = tagSpecifications?.map((each) => ({ ...each, tags: [...each.tags] }));
  const tags = specifications === undefined ? {} : { tagSpecifications: specifications };
  return { name, managedEBSVolume: { ...volume, ...tags } };
}
