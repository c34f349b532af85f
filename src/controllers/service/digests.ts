import type { Deployment, ServiceRevision, Task, TaskDefinition } from '#model';
import type { ServiceView } from './view.ts';

/** Of a deployment without digests so many tasks are looked at: images that were built on the host never have one. */
const looksAt = 10;

/**
 * Version consistency: the first task of a deployment whose images are known settles which ones the revision runs, and
 * later tasks get exactly those. Gives the revisions that are settled now.
 * Source: "Container image resolution" in the developer guide.
 */
export function settledRevisions(
  view: Pick<ServiceView, 'tasks' | 'definition' | 'revision'>,
  deployments: readonly Deployment[],
): readonly ServiceRevision[] {
  return deployments.flatMap((deployment) => {
    const revision = view.revision(deployment);
    if (revision === undefined || revision.containerImages.some(({ imageDigest }) => imageDigest !== undefined))
      return [];
    const consistent = consistentContainers(view.definition(deployment.taskDefinitionArn));
    const digests = firstDigests(view.tasks, deployment, consistent);
    return digests === undefined ? [] : [withDigests(revision, digests)];
  });
}

/** Those that do not say `versionConsistency: disabled`. */
function consistentContainers({
  containerDefinitions,
}: Pick<TaskDefinition, 'containerDefinitions'>): readonly string[] {
  return containerDefinitions.flatMap(({ name, versionConsistency }) =>
    versionConsistency === 'disabled' || name === undefined ? [] : [name],
  );
}

/** What the first task says whose images are all known. */
function firstDigests(
  tasks: readonly Task[],
  deployment: Deployment,
  consistent: readonly string[],
): ReadonlyMap<string, string> | undefined {
  if (consistent.length === 0) return undefined;
  let looked = 0;
  for (const { deploymentId, containers } of tasks) {
    if (deploymentId !== deployment.id) continue;
    if (looked++ === looksAt) return undefined;
    const digests = new Map<string, string>();
    for (const { name, imageDigest } of containers) {
      if (imageDigest !== undefined && consistent.includes(name)) digests.set(name, imageDigest);
    }
    if (digests.size === consistent.length) return digests;
  }
  return undefined;
}

function withDigests(revision: ServiceRevision, digests: ReadonlyMap<string, string>): ServiceRevision {
  return {
    ...revision,
    containerImages: revision.containerImages.map((image) => {
      const imageDigest = digests.get(image.containerName);
      return imageDigest === undefined ? image : { ...image, imageDigest };
    }),
  };
}

/** The task with the images of its revision, once they are settled. */
export function withPinnedImages(task: Task, revision: ServiceRevision | undefined): Task {
  const digests = new Map(
    revision?.containerImages.map(({ containerName, imageDigest }) => [containerName, imageDigest]),
  );
  if (![...digests.values()].some((digest) => digest !== undefined)) return task;
  const containers = task.containers.map((container) => {
    const pinnedDigest = digests.get(container.name);
    return pinnedDigest === undefined ? container : { ...container, pinnedDigest };
  });
  return { ...task, containers };
}
