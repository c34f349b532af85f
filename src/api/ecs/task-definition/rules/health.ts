import { eachContainer, nameOf, type Rule } from './rule.ts';

const healthBounds = [
  ['interval', 5, 300],
  ['timeout', 2, 60],
  ['retries', 1, 10],
  ['startPeriod', 0, 300],
] as const;

/** HealthCheck: interval 5-300 s, timeout 2-60 s, retries 1-10, startPeriod 0-300 s. Observed for the upper bounds. */
export const healthCheckIsInBounds: Rule = eachContainer((container) => {
  for (const [member, min, max] of healthBounds) {
    const value = container.healthCheck?.[member];
    if (value === undefined) continue;
    if (value > max) {
      return `Health check ${member} must be less than or equal to the maximum allowed value ${max} for container '${nameOf(container)}'`;
    }
    if (value < min) {
      return `Health check ${member} must be greater than or equal to the minimum allowed value ${min} for container '${nameOf(container)}'`;
    }
  }
  return undefined;
});

/** HealthCheck, command: begins with CMD and the arguments, or CMD-SHELL and one text; NONE turns the image's off. */
export const healthCheckHasCommand: Rule = eachContainer((container) => {
  if (container.healthCheck === undefined) return undefined;
  const [kind, ...rest] = container.healthCheck.command ?? [];
  const valid = kind === 'NONE' || ((kind === 'CMD' || kind === 'CMD-SHELL') && rest.length > 0);
  return valid
    ? undefined
    : `Health check command must begin with CMD or CMD-SHELL for container '${nameOf(container)}'`;
});

const maxIgnoredExitCodes = 50;

/** ContainerRestartPolicy: restartAttemptPeriod 60-1800 s (observed text), at most 50 ignoredExitCodes. */
export const restartPolicyIsValid: Rule = eachContainer((container) => {
  const { restartAttemptPeriod, ignoredExitCodes = [] } = container.restartPolicy ?? {};
  if (restartAttemptPeriod !== undefined && (restartAttemptPeriod < 60 || restartAttemptPeriod > 1800)) {
    return `The 'restartAttemptPeriod' setting for container '${nameOf(container)}' must be between 60 and 1800.`;
  }
  return ignoredExitCodes.length > maxIgnoredExitCodes
    ? `The 'ignoredExitCodes' setting for container '${nameOf(container)}' must have at most ${maxIgnoredExitCodes} exit codes.`
    : undefined;
});
