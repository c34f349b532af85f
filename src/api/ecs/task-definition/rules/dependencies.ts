import type { ContainerDefinition } from '#model';
import { eachContainer, firstOf, nameOf, type Rule, type Subject } from './rule.ts';

/** ContainerDefinition, essential: every task has at least one. Observed text. */
export const someContainerIsEssential: Rule = ({ content }) =>
  content.containerDefinitions.some(({ essential }) => essential !== false)
    ? undefined
    : "Task definition doesn't have any essential container";

/** ContainerDependency: the container exists, and its condition can come true. Observed texts. */
export const dependenciesCanBeMet: Rule = eachContainer((container, subject) =>
  firstOf(container.dependsOn, ({ containerName, condition }) => {
    const target = findContainer(subject, containerName);
    if (target === undefined) return `Cannot depend on container + '${containerName}' because it does not exist`;
    if (condition === 'HEALTHY' && target.healthCheck === undefined) {
      return 'A dependency container with HEALTHY condition must have health check configured';
    }
    return (condition === 'SUCCESS' || condition === 'COMPLETE') && target.essential !== false
      ? 'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container'
      : undefined;
  }),
);

/** VolumeFrom, sourceContainer: a container of the same definition. Observed text. */
export const volumesFromAreKnown: Rule = eachContainer((container, subject) =>
  firstOf(container.volumesFrom, ({ sourceContainer = '' }) =>
    findContainer(subject, sourceContainer) === undefined
      ? `Invalid 'volumesFrom' setting. Unknown container: '${sourceContainer}'.`
      : undefined,
  ),
);

/** ContainerDefinition, links: `name` or `name:alias` of a container of the same definition. Text as for volumesFrom. */
export const linksAreKnown: Rule = eachContainer((container, subject) =>
  firstOf(container.links, (link) =>
    findContainer(subject, linkTarget(link)) === undefined
      ? `Invalid 'links' setting. Unknown container: '${linkTarget(link)}'.`
      : undefined,
  ),
);

/** Observed. */
export const linksHaveNoCycle: Rule = ({ content }) =>
  hasCycle(content.containerDefinitions, linkTargets) ? 'Container links should not have a cycle' : undefined;

/** Dependencies, shared volumes and links together give the order of starting, so together they have no cycle. */
export const dependenciesHaveNoCycle: Rule = ({ content }) =>
  hasCycle(content.containerDefinitions, startsAfter) ? 'Container dependencies should not have a cycle' : undefined;

function findContainer(subject: Subject, name: string | undefined): ContainerDefinition | undefined {
  return subject.content.containerDefinitions.find((container) => container.name === name);
}

function linkTarget(link: string): string {
  return link.split(':', 1)[0] ?? '';
}

function linkTargets(container: ContainerDefinition): readonly string[] {
  return (container.links ?? []).map(linkTarget);
}

function startsAfter(container: ContainerDefinition): readonly string[] {
  return [
    ...(container.dependsOn ?? []).map(({ containerName }) => containerName ?? ''),
    ...(container.volumesFrom ?? []).map(({ sourceContainer }) => sourceContainer ?? ''),
    ...linkTargets(container),
  ];
}

/** Takes away what waits for nothing until nothing more can go; what is left is in, or behind, a cycle. */
function hasCycle(
  containers: readonly ContainerDefinition[],
  targets: (container: ContainerDefinition) => readonly string[],
): boolean {
  const waiting = new Map(containers.map((container) => [nameOf(container), targets(container)]));
  for (let before = -1; before !== waiting.size; ) {
    before = waiting.size;
    for (const [name, names] of waiting) {
      if (!names.some((target) => waiting.has(target))) waiting.delete(name);
    }
  }
  return waiting.size > 0;
}
