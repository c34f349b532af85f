import type * as Ecs from '@aws-sdk/client-ecs';
import type {
  CircuitBreakerThreshold,
  DeploymentAlarms,
  DeploymentCircuitBreaker,
  DeploymentConfiguration,
  EarlySuccessCriteria,
} from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter } from '../errors.ts';
import { limits } from '../limits.ts';
import { checkedRelease } from './release-rules.ts';

type ConfigurationInput = NonNullable<InputOf<typeof Ecs, 'CreateService'>['deploymentConfiguration']>;
type BreakerInput = NonNullable<ConfigurationInput['deploymentCircuitBreaker']>;

export const defaultDeploymentConfiguration: DeploymentConfiguration = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentCircuitBreaker: { enable: false, rollback: false },
};

/** A daemon cannot have two tasks on an instance: what runs there stops first. */
export const daemonDeploymentConfiguration: DeploymentConfiguration = {
  ...defaultDeploymentConfiguration,
  minimumHealthyPercent: 0,
  maximumPercent: 100,
};

/**
 * The deployment configuration after a request: what it leaves out stays as it was.
 * Source: "Amazon ECS service deployments", minimum and maximum percent; DeploymentConfiguration in the API reference.
 */
export function checkedDeploymentConfiguration(
  input: ConfigurationInput | undefined,
  current: DeploymentConfiguration,
): DeploymentConfiguration {
  if (input === undefined) return current;
  const minimumHealthyPercent = input.minimumHealthyPercent ?? current.minimumHealthyPercent;
  const maximumPercent = input.maximumPercent ?? current.maximumPercent;
  if (minimumHealthyPercent < 0) throw invalidParameter('minimumHealthyPercent must be at least 0');
  if (minimumHealthyPercent > 100) throw invalidParameter('minimumHealthyPercent must be at most 100');
  if (maximumPercent < 100) throw invalidParameter('maximumPercent must be at least 100');
  if (minimumHealthyPercent === 100 && maximumPercent === 100) {
    throw invalidParameter(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    );
  }
  const breaker = input.deploymentCircuitBreaker;
  const early = checkedEarlySuccess(input.earlySuccessCriteria ?? current.earlySuccessCriteria, minimumHealthyPercent);
  const release = checkedRelease(input, current);
  const rolls = release.strategy === undefined;
  return {
    ...rollingMembers(current),
    ...release,
    minimumHealthyPercent,
    maximumPercent,
    ...(breaker === undefined ? {} : { deploymentCircuitBreaker: checkedCircuitBreaker(breaker) }),
    ...(input.alarms === undefined ? {} : { alarms: checkedAlarms(input.alarms) }),
    ...(early === undefined || !rolls ? {} : { earlySuccessCriteria: early }),
    ...(input.bakeTimeInMinutes === undefined ? {} : { bakeTimeInMinutes: checkedBakeTime(input.bakeTimeInMinutes) }),
  };
}

/** The configuration without what belongs to a strategy. */
function rollingMembers(current: DeploymentConfiguration): DeploymentConfiguration {
  const { strategy: _, linearConfiguration: __, canaryConfiguration: ___, ...rest } = current;
  const { lifecycleHooks: ____, earlySuccessCriteria: _____, ...members } = rest;
  return members;
}

/**
 * Alarms are named, not asked for: ECS takes names of alarms that do not exist, because those of a service are often made
 * after it.
 */
function checkedAlarms(input: NonNullable<ConfigurationInput['alarms']>): DeploymentAlarms {
  const { alarmNames, enable, rollback } = input;
  if (enable && alarmNames.length === 0) {
    throw invalidParameter('alarmNames cannot be empty when deployment alarms are enabled.');
  }
  for (const name of alarmNames) {
    if (name.length < 1 || name.length > limits.alarmNameLength) {
      throw invalidParameter(`Alarm names must have between 1 and ${limits.alarmNameLength} characters.`);
    }
  }
  return { alarmNames: [...new Set(alarmNames)], enable, rollback };
}

const cleanups: readonly string[] = ['BLOCKING', 'DEFERRED'];

function checkedEarlySuccess(
  input: ConfigurationInput['earlySuccessCriteria'],
  minimumHealthyPercent: number,
): EarlySuccessCriteria | undefined {
  if (input === undefined) return undefined;
  const { enable, healthyPercent, sourceServiceRevisionCleanup } = input;
  if (enable && (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined)) {
    throw invalidParameter(
      'healthyPercent and sourceServiceRevisionCleanup are required when earlySuccessCriteria is enabled.',
    );
  }
  requireOneOf('earlySuccessCriteria.sourceServiceRevisionCleanup', sourceServiceRevisionCleanup, cleanups);
  const inRange = (percent: number): boolean =>
    Number.isInteger(percent) && percent >= minimumHealthyPercent && percent <= 100;
  if (healthyPercent !== undefined && !inRange(healthyPercent)) {
    throw invalidParameter('healthyPercent must be at least minimumHealthyPercent and at most 100');
  }
  return {
    enable,
    ...(healthyPercent === undefined ? {} : { healthyPercent }),
    ...(sourceServiceRevisionCleanup === undefined ? {} : { sourceServiceRevisionCleanup }),
  };
}

function checkedBakeTime(minutes: number): number {
  if (Number.isInteger(minutes) && minutes >= 0 && minutes <= limits.bakeTimeInMinutes) return minutes;
  throw invalidParameter(`bakeTimeInMinutes must be between 0 and ${limits.bakeTimeInMinutes}`);
}

/** A breaker is given whole: what it leaves out is the default. */
function checkedCircuitBreaker(input: BreakerInput): DeploymentCircuitBreaker {
  const { enable, rollback, resetOnHealthyTask, thresholdConfiguration } = input;
  return {
    enable,
    rollback,
    ...(resetOnHealthyTask === undefined ? {} : { resetOnHealthyTask }),
    ...(thresholdConfiguration === undefined
      ? {}
      : { thresholdConfiguration: checkedThreshold(thresholdConfiguration) }),
  };
}

const thresholdTypes: readonly string[] = ['BOUNDED_PERCENT', 'UNBOUNDED_PERCENT', 'COUNT'];

function checkedThreshold({
  type,
  value,
}: NonNullable<BreakerInput['thresholdConfiguration']>): CircuitBreakerThreshold {
  requireOneOf('deploymentCircuitBreaker.thresholdConfiguration.type', type, thresholdTypes);
  const whole = Number.isInteger(value) && value >= 1;
  if (type === 'COUNT') {
    if (!whole) throw invalidParameter('The circuit breaker threshold value must be at least 1 for the type COUNT.');
  } else if (!whole || value > 100) {
    throw invalidParameter(`The circuit breaker threshold value must be between 1 and 100 for the type ${type}.`);
  }
  return { type, value };
}

/** The SDK's model gives these members no enum; AWS's sentence for those that have one. */
function requireOneOf(member: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw invalidParameter(
    `1 validation error detected: Value '${value}' at 'deploymentConfiguration.${member}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}
