import type * as Ecs from '@aws-sdk/client-ecs';
import {
  canaryDefaults,
  type DeploymentConfiguration,
  type LifecycleHook,
  type LifecycleStage,
  linearDefaults,
  type ReleaseConfiguration,
} from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter, unsupportedFeature } from '../errors.ts';
import { limits } from '../limits.ts';

type ConfigurationInput = NonNullable<InputOf<typeof Ecs, 'CreateService'>['deploymentConfiguration']>;
type HookInput = NonNullable<ConfigurationInput['lifecycleHooks']>[number];

/**
 * The strategy after a request, with what belongs to it: what the request leaves out stays as it was, unless the strategy
 * is another. Source: DeploymentConfiguration, LinearConfiguration, CanaryConfiguration and DeploymentLifecycleHook in the
 * API reference.
 */
export function checkedRelease(input: ConfigurationInput, current: DeploymentConfiguration): ReleaseConfiguration {
  const before = current.strategy ?? 'ROLLING';
  const strategy = input.strategy ?? before;
  requireStrategy(input, 'linearConfiguration', strategy === 'LINEAR');
  requireStrategy(input, 'canaryConfiguration', strategy === 'CANARY');
  checkHooks(input.lifecycleHooks ?? []);
  if (strategy === 'ROLLING') {
    if ((input.lifecycleHooks?.length ?? 0) > 0) {
      throw invalidParameter('lifecycleHooks are only valid for the BLUE_GREEN, LINEAR and CANARY strategies.');
    }
    return {};
  }
  if (input.earlySuccessCriteria?.enable === true) {
    throw invalidParameter('earlySuccessCriteria is only valid for the ROLLING strategy.');
  }
  if (strategy === 'BLUE_GREEN' && (input.bakeTimeInMinutes ?? current.bakeTimeInMinutes) === undefined) {
    throw invalidParameter('bakeTimeInMinutes must be provided when the deployment strategy is BLUE_GREEN.');
  }
  const same = before === strategy ? current : {};
  const linear = strategy === 'LINEAR' ? { linearConfiguration: checkedLinear(input, same) } : {};
  const canary = strategy === 'CANARY' ? { canaryConfiguration: checkedCanary(input, same) } : {};
  const hooks = input.lifecycleHooks?.map(pauseOf) ?? current.lifecycleHooks ?? [];
  return { strategy, ...linear, ...canary, ...(hooks.length === 0 ? {} : { lifecycleHooks: hooks }) };
}

function requireStrategy(
  input: ConfigurationInput,
  member: 'linearConfiguration' | 'canaryConfiguration',
  fits: boolean,
): void {
  if (input[member] === undefined || fits) return;
  const strategy = member === 'linearConfiguration' ? 'LINEAR' : 'CANARY';
  throw invalidParameter(`${member} is only valid when the deployment strategy is ${strategy}.`);
}

function checkedLinear(
  { linearConfiguration: given }: ConfigurationInput,
  { linearConfiguration: current = linearDefaults }: ReleaseConfiguration,
): NonNullable<ReleaseConfiguration['linearConfiguration']> {
  const stepPercent = given?.stepPercent ?? (given === undefined ? current : linearDefaults).stepPercent;
  const minutes =
    given?.stepBakeTimeInMinutes ?? (given === undefined ? current : linearDefaults).stepBakeTimeInMinutes;
  requirePercent('linearConfiguration.stepPercent', stepPercent, limits.leastStepPercent);
  requireMinutes('linearConfiguration.stepBakeTimeInMinutes', minutes);
  return { stepPercent, stepBakeTimeInMinutes: minutes };
}

function checkedCanary(
  { canaryConfiguration: given }: ConfigurationInput,
  { canaryConfiguration: current = canaryDefaults }: ReleaseConfiguration,
): NonNullable<ReleaseConfiguration['canaryConfiguration']> {
  const canaryPercent = given?.canaryPercent ?? (given === undefined ? current : canaryDefaults).canaryPercent;
  const minutes =
    given?.canaryBakeTimeInMinutes ?? (given === undefined ? current : canaryDefaults).canaryBakeTimeInMinutes;
  requirePercent('canaryConfiguration.canaryPercent', canaryPercent, limits.leastCanaryPercent);
  requireMinutes('canaryConfiguration.canaryBakeTimeInMinutes', minutes);
  return { canaryPercent, canaryBakeTimeInMinutes: minutes };
}

function requirePercent(member: string, value: number, least: number): void {
  const tenths = value * 10;
  const whole = Math.abs(tenths - Math.round(tenths)) < 1e-6;
  if (whole && value >= least && value <= 100) return;
  throw invalidParameter(`${member} must be between ${least.toFixed(1)} and 100.0 in multiples of 0.1`);
}

function requireMinutes(member: string, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= limits.bakeTimeInMinutes) return;
  throw invalidParameter(`${member} must be between 0 and ${limits.bakeTimeInMinutes}`);
}

/** Stages that may be called from, but not paused at. */
const lambdaOnly: readonly string[] = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];

function checkHooks(hooks: readonly HookInput[]): void {
  for (const hook of hooks) checkHook(hook);
  for (const [type, most] of [
    ['PAUSE', limits.pauseHooks],
    ['AWS_LAMBDA', limits.lambdaHooks],
  ] as const) {
    if (hooks.filter(({ targetType = 'AWS_LAMBDA' }) => targetType === type).length <= most) continue;
    throw invalidParameter(`A service can have at most ${most} ${type} lifecycle hooks.`);
  }
}

function checkHook({ targetType = 'AWS_LAMBDA', ...hook }: HookInput): void {
  const { lifecycleStages: stages = [], timeoutConfiguration, hookTargetArn = '', roleArn = '' } = hook;
  if (stages.length === 0) throw invalidParameter('lifecycleStages can not be empty for a lifecycle hook.');
  const most = targetType === 'PAUSE' ? limits.pauseTimeoutMinutes : limits.lambdaTimeoutMinutes;
  const timeoutInMinutes = timeoutConfiguration?.timeoutInMinutes ?? limits.hookTimeoutMinutes;
  if (!Number.isInteger(timeoutInMinutes) || timeoutInMinutes < 1 || timeoutInMinutes > most) {
    throw invalidParameter(`timeoutInMinutes must be between 1 and ${most} for ${targetType} lifecycle hooks`);
  }
  if (targetType === 'AWS_LAMBDA') {
    if (hookTargetArn !== '' && roleArn !== '') return;
    throw invalidParameter('hookTargetArn and roleArn are required for AWS_LAMBDA lifecycle hooks.');
  }
  if (hook.hookTargetArn !== undefined || hook.roleArn !== undefined) {
    throw invalidParameter('hookTargetArn and roleArn are not applicable to PAUSE lifecycle hooks.');
  }
  const wrong = stages.find((stage) => lambdaOnly.includes(stage));
  if (wrong !== undefined) throw invalidParameter(`PAUSE lifecycle hooks cannot be configured at the ${wrong} stage.`);
}

/** A checked hook as it is stored. UnsupportedFeatureException for those that call Lambda. */
function pauseOf({ targetType, lifecycleStages: stages = [], timeoutConfiguration }: HookInput): LifecycleHook {
  if (targetType !== 'PAUSE') {
    throw unsupportedFeature(
      'AWS_LAMBDA lifecycle hooks are not part of this version of Roadstead, because Lambda is not. ' +
        'Use hooks with the targetType PAUSE and answer them with ContinueServiceDeployment.',
    );
  }
  const { timeoutInMinutes = limits.hookTimeoutMinutes, action = 'ROLLBACK' } = timeoutConfiguration ?? {};
  return {
    targetType,
    lifecycleStages: [...new Set(stages)] as LifecycleStage[],
    timeoutConfiguration: { timeoutInMinutes, action },
  };
}
