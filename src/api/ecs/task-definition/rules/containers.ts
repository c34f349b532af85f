import { eachContainer, firstOf, firstRepeated, isGiven, nameOf, namePattern, type Rule } from './rule.ts';

/** "Amazon ECS service quotas": 1 to 10 containers per task definition. Observed texts. */
export const containerCount: Rule = ({ content, quotas }) => {
  if (content.containerDefinitions.length === 0) return 'Container list cannot be empty';
  return content.containerDefinitions.length > quotas.containersPerTaskDefinition ? 'Too many containers.' : undefined;
};

/** ContainerDefinition, name. The first text is observed on its sibling `image`. */
export const containerNameIsValid: Rule = eachContainer(({ name }) => {
  if (!isGiven(name)) return 'Container.name should not be null or empty.';
  return namePattern.test(name) ? undefined : 'Container.name contains invalid characters.';
});

/** Observed. */
export const containerNamesAreUnique: Rule = ({ content }) =>
  firstRepeated(content.containerDefinitions.map(nameOf)) === undefined
    ? undefined
    : 'Container names must be unique within a task definition';

const imageWithTag = /^[A-Za-z0-9_:./#-]{1,255}$/;
const imageWithDigest = /^[A-Za-z0-9_:./#-]{1,255}@sha256:[A-Fa-f0-9]{64}$/;

/** ContainerDefinition, image: 255 characters (before the `@` of a digest) of those allowed. Observed texts. */
export const imageIsValid: Rule = eachContainer(({ image }) => {
  if (!isGiven(image)) return 'Container.image should not be null or empty.';
  return imageWithTag.test(image) || imageWithDigest.test(image)
    ? undefined
    : 'Container.image contains invalid characters.';
});

/** ContainerDefinition, cpu: never negative. Text by the one for the task. */
export const containerCpuIsValid: Rule = eachContainer((container) =>
  (container.cpu ?? 0) < 0 ? `Invalid 'cpu' setting for container '${nameOf(container)}'.` : undefined,
);

/**
 * ContainerDefinition, memory: without a task-level memory each container needs a limit or a reservation other than 0.
 * Fargate has a rule of its own for a task without memory. Observed text.
 */
export const containerHasMemory: Rule = eachContainer((container, { content }) => {
  if (content.memory !== undefined || content.requiresCompatibilities?.includes('FARGATE') === true) return undefined;
  return (container.memory ?? 0) === 0 && (container.memoryReservation ?? 0) === 0
    ? `Invalid setting for container '${nameOf(container)}'. At least one of 'memory' or 'memoryReservation' must be specified.`
    : undefined;
});

const minMemoryMiB = 4;

/** ContainerDefinition, memory: the engine needs at least 4 MiB for a container. */
export const containerMemoryIsEnough: Rule = eachContainer((container) => {
  for (const member of ['memory', 'memoryReservation'] as const) {
    const memoryMiB = container[member] ?? 0;
    if (memoryMiB !== 0 && memoryMiB < (member === 'memory' ? minMemoryMiB : 1)) {
      return `Invalid setting for container '${nameOf(container)}'. '${member}' must be at least ${member === 'memory' ? minMemoryMiB : 1}.`;
    }
  }
  return undefined;
});

/** Observed; equality is accepted although the documentation says greater. */
export const memoryCoversReservation: Rule = eachContainer(({ memory, memoryReservation }) =>
  (memory ?? 0) !== 0 && (memory ?? 0) < (memoryReservation ?? 0)
    ? "'memory' must be greater than or equal to 'memoryReservation'"
    : undefined,
);

const unlimited = -1;

/** Ulimit: the soft limit is at most the hard one; -1 is no limit. Observed text. */
export const ulimitsAreOrdered: Rule = eachContainer((container) =>
  firstOf(container.ulimits, ({ name, softLimit, hardLimit }) => {
    const soft = softLimit === unlimited ? Number.POSITIVE_INFINITY : (softLimit ?? 0);
    const hard = hardLimit === unlimited ? Number.POSITIVE_INFINITY : (hardLimit ?? 0);
    return soft > hard ? `Soft limit exceeds hard limit for ulimit ${name}` : undefined;
  }),
);

const minTimeoutSeconds = 2;

/** ContainerDefinition, startTimeout and stopTimeout: at least 2 seconds. Text by the one for restartAttemptPeriod. */
export const timeoutsAreLongEnough: Rule = eachContainer((container) => {
  for (const member of ['startTimeout', 'stopTimeout'] as const) {
    if ((container[member] ?? minTimeoutSeconds) < minTimeoutSeconds) {
      return `The '${member}' setting for container '${nameOf(container)}' must be at least ${minTimeoutSeconds}.`;
    }
  }
  return undefined;
});

const userName = '[A-Za-z_][A-Za-z0-9_.-]*\\$?';
const userPattern = new RegExp(`^(${userName}|\\d{1,10})(:(${userName}|\\d{1,10}))?$`);

/** ContainerDefinition, user: `user`, `uid`, `user:group`, `uid:gid`, `uid:group` or `user:gid`. */
export const userIsValid: Rule = eachContainer((container) =>
  container.user === undefined || container.user === '' || userPattern.test(container.user)
    ? undefined
    : `Invalid 'user' setting for container '${nameOf(container)}'.`,
);

/** ContainerDefinition, credentialSpecs: at most one, in one of two formats. */
export const credentialSpecsAreValid: Rule = eachContainer((container) => {
  const specs = container.credentialSpecs ?? [];
  const valid = specs.length <= 1 && specs.every((spec) => /^credentialspec(domainless)?:arn:.+$/.test(spec));
  return valid ? undefined : `Invalid 'credentialSpecs' setting for container '${nameOf(container)}'.`;
});

/** KeyValuePair of `environment`: a variable has a name. Text by the one for a container's name. */
export const environmentHasNames: Rule = eachContainer((container) =>
  firstOf(container.environment, ({ name }) =>
    isGiven(name) ? undefined : 'Container.environment.name should not be null or empty.',
  ),
);
