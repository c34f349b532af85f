import { describe, it } from 'vitest';
import { expectServiceRule, type ServiceRule } from '../../../../test/support/service-rules.ts';

const configured = (deploymentConfiguration: object) => ({ deploymentConfiguration });
const breaker = (members: object) =>
  configured({ deploymentCircuitBreaker: { enable: true, rollback: true, ...members } });
const threshold = (type: string, value?: number) => breaker({ thresholdConfiguration: { type, value } });
const alarms = (members: object) =>
  configured({ alarms: { alarmNames: ['errors'], enable: true, rollback: true, ...members } });
const early = (members: object) =>
  configured({
    earlySuccessCriteria: {
      enable: true,
      healthyPercent: 100,
      sourceServiceRevisionCleanup: 'DEFERRED',
      ...members,
    },
  });

const rolling: ServiceRule[] = [
  {
    rule: 'the minimum is at most 100 percent',
    refused: configured({ minimumHealthyPercent: 101 }),
    text: 'minimumHealthyPercent must be at most 100',
    accepted: configured({ minimumHealthyPercent: 100 }),
  },
  {
    rule: 'the minimum is not negative',
    refused: configured({ minimumHealthyPercent: -1 }),
    text: 'minimumHealthyPercent must be at least 0',
    accepted: configured({ minimumHealthyPercent: 0, maximumPercent: 101 }),
  },
  {
    rule: 'the maximum is at least 100 percent',
    refused: configured({ maximumPercent: 99, minimumHealthyPercent: 0 }),
    text: 'maximumPercent must be at least 100',
    accepted: configured({ maximumPercent: 400 }),
  },
  {
    rule: 'a deployment may stop or start a task',
    refused: configured({ minimumHealthyPercent: 100, maximumPercent: 100 }),
    text: 'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    accepted: configured({ minimumHealthyPercent: 100, maximumPercent: 101 }),
  },
  {
    rule: 'the strategy is one of the four',
    refused: configured({ strategy: 'RED' }),
    text: "Value 'RED' at 'deploymentConfiguration.strategy' failed to satisfy constraint: Member must satisfy enum value set",
    accepted: configured({ strategy: 'ROLLING' }),
  },
  {
    rule: 'a bake takes no more than a day',
    refused: configured({ bakeTimeInMinutes: 1441 }),
    text: 'bakeTimeInMinutes must be between 0 and 1440',
    accepted: configured({ bakeTimeInMinutes: 1440 }),
  },
  {
    rule: 'a bake takes no less than nothing',
    refused: configured({ bakeTimeInMinutes: -1 }),
    text: 'bakeTimeInMinutes must be between 0 and 1440',
    accepted: configured({ bakeTimeInMinutes: 0 }),
  },
  {
    rule: 'the circuit breaker is on or off',
    refused: configured({ deploymentCircuitBreaker: { rollback: true } }),
    text: "Value null at 'deploymentConfiguration.deploymentCircuitBreaker.enable' failed to satisfy constraint: Member must not be null",
    accepted: breaker({}),
  },
  {
    rule: 'the circuit breaker rolls back or not',
    refused: configured({ deploymentCircuitBreaker: { enable: true } }),
    text: "Value null at 'deploymentConfiguration.deploymentCircuitBreaker.rollback' failed to satisfy constraint: Member must not be null",
    accepted: breaker({ rollback: false }),
  },
  {
    rule: 'a bounded threshold is a percentage',
    refused: threshold('BOUNDED_PERCENT', 0),
    text: 'The circuit breaker threshold value must be between 1 and 100 for the type BOUNDED_PERCENT.',
    accepted: threshold('BOUNDED_PERCENT', 1),
  },
  {
    rule: 'an unbounded threshold is a percentage',
    refused: threshold('UNBOUNDED_PERCENT', 101),
    text: 'The circuit breaker threshold value must be between 1 and 100 for the type UNBOUNDED_PERCENT.',
    accepted: threshold('UNBOUNDED_PERCENT', 100),
  },
  {
    rule: 'a counted threshold is at least 1',
    refused: threshold('COUNT', 0),
    text: 'The circuit breaker threshold value must be at least 1 for the type COUNT.',
    accepted: threshold('COUNT', 1000),
  },
  {
    rule: 'a threshold is of one of three types',
    refused: threshold('SOME', 1),
    text: "Value 'SOME' at 'deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration.type' failed to satisfy constraint: Member must satisfy enum value set: [BOUNDED_PERCENT, UNBOUNDED_PERCENT, COUNT]",
    accepted: threshold('COUNT', 1),
  },
  {
    rule: 'a threshold has a value',
    refused: threshold('COUNT'),
    text: "Value null at 'deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration.value' failed to satisfy constraint: Member must not be null",
    accepted: threshold('COUNT', 1),
  },
  {
    rule: 'alarms are named',
    refused: alarms({ alarmNames: undefined }),
    text: "Value null at 'deploymentConfiguration.alarms.alarmNames' failed to satisfy constraint: Member must not be null",
    accepted: alarms({}),
  },
  {
    rule: 'alarms are on or off',
    refused: alarms({ enable: undefined }),
    text: "Value null at 'deploymentConfiguration.alarms.enable' failed to satisfy constraint: Member must not be null",
    accepted: alarms({ enable: false }),
  },
  {
    rule: 'alarms roll back or not',
    refused: alarms({ rollback: undefined }),
    text: "Value null at 'deploymentConfiguration.alarms.rollback' failed to satisfy constraint: Member must not be null",
    accepted: alarms({ rollback: false }),
  },
  {
    rule: 'alarms that are on are some',
    refused: alarms({ alarmNames: [] }),
    text: 'alarmNames cannot be empty when deployment alarms are enabled.',
    accepted: alarms({ alarmNames: [], enable: false }),
  },
  {
    rule: 'the name of an alarm has 1 to 255 characters',
    refused: alarms({ alarmNames: [''] }),
    text: 'Alarm names must have between 1 and 255 characters.',
    accepted: alarms({ alarmNames: ['a'.repeat(255)] }),
  },
  {
    rule: 'early success says how much and what of the source',
    refused: early({ sourceServiceRevisionCleanup: undefined }),
    text: 'healthyPercent and sourceServiceRevisionCleanup are required when earlySuccessCriteria is enabled.',
    accepted: early({}),
  },
  {
    rule: 'early success is not below the minimum',
    refused: early({ healthyPercent: 99 }),
    text: 'healthyPercent must be at least minimumHealthyPercent and at most 100',
    accepted: early({}),
  },
  {
    rule: 'early success is at most 100 percent',
    refused: early({ healthyPercent: 101 }),
    text: 'healthyPercent must be at least minimumHealthyPercent and at most 100',
    accepted: early({}),
  },
  {
    rule: 'what early success does of the source is one of two',
    refused: early({ sourceServiceRevisionCleanup: 'NEVER' }),
    text: "Value 'NEVER' at 'deploymentConfiguration.earlySuccessCriteria.sourceServiceRevisionCleanup' failed to satisfy constraint: Member must satisfy enum value set: [BLOCKING, DEFERRED]",
    accepted: early({ sourceServiceRevisionCleanup: 'BLOCKING' }),
  },
];

const blueGreen = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 };
const linear = (members: object) => configured({ strategy: 'LINEAR', linearConfiguration: members });
const canary = (members: object) => configured({ strategy: 'CANARY', canaryConfiguration: members });

const strategies: ServiceRule[] = [
  {
    rule: 'BLUE_GREEN bakes',
    refused: configured({ strategy: 'BLUE_GREEN' }),
    text: 'bakeTimeInMinutes must be provided when the deployment strategy is BLUE_GREEN.',
    accepted: configured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 }),
  },
  {
    rule: 'steps are of LINEAR',
    refused: configured({ linearConfiguration: {} }),
    text: 'linearConfiguration is only valid when the deployment strategy is LINEAR.',
    accepted: linear({}),
  },
  {
    rule: 'a canary is of CANARY',
    refused: configured({ strategy: 'LINEAR', canaryConfiguration: {} }),
    text: 'canaryConfiguration is only valid when the deployment strategy is CANARY.',
    accepted: canary({}),
  },
  {
    rule: 'a step is at least 3 percent',
    refused: linear({ stepPercent: 2.9 }),
    text: 'linearConfiguration.stepPercent must be between 3.0 and 100.0 in multiples of 0.1',
    accepted: linear({ stepPercent: 3 }),
  },
  {
    rule: 'a step is at most 100 percent',
    refused: linear({ stepPercent: 100.1 }),
    text: 'linearConfiguration.stepPercent must be between 3.0 and 100.0 in multiples of 0.1',
    accepted: linear({ stepPercent: 100 }),
  },
  {
    rule: 'a step is of tenths',
    refused: linear({ stepPercent: 3.05 }),
    text: 'linearConfiguration.stepPercent must be between 3.0 and 100.0 in multiples of 0.1',
    accepted: linear({ stepPercent: 3.1 }),
  },
  {
    rule: 'a step bakes no more than a day',
    refused: linear({ stepBakeTimeInMinutes: 1441 }),
    text: 'linearConfiguration.stepBakeTimeInMinutes must be between 0 and 1440',
    accepted: linear({ stepBakeTimeInMinutes: 1440 }),
  },
  {
    rule: 'a canary is at least a tenth of a percent',
    refused: canary({ canaryPercent: 0 }),
    text: 'canaryConfiguration.canaryPercent must be between 0.1 and 100.0 in multiples of 0.1',
    accepted: canary({ canaryPercent: 0.1 }),
  },
  {
    rule: 'a canary is at most all',
    refused: canary({ canaryPercent: 100.1 }),
    text: 'canaryConfiguration.canaryPercent must be between 0.1 and 100.0 in multiples of 0.1',
    accepted: canary({ canaryPercent: 100 }),
  },
  {
    rule: 'a canary bakes for no less than nothing',
    refused: canary({ canaryBakeTimeInMinutes: -1 }),
    text: 'canaryConfiguration.canaryBakeTimeInMinutes must be between 0 and 1440',
    accepted: canary({ canaryBakeTimeInMinutes: 0 }),
  },
  {
    rule: 'early success is of ROLLING',
    refused: configured({
      ...blueGreen,
      earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING' },
    }),
    text: 'earlySuccessCriteria is only valid for the ROLLING strategy.',
    accepted: configured({ ...blueGreen, earlySuccessCriteria: { enable: false } }),
  },
];

const pause = { targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] };
const lambda = { ...pause, targetType: 'AWS_LAMBDA', hookTargetArn: 'arn:f', roleArn: 'arn:r' };
const hooks = (...lifecycleHooks: object[]) => configured({ ...blueGreen, lifecycleHooks });
const pausing = (members: object) => hooks({ ...pause, ...members });
const timeout = (timeoutInMinutes: number) => ({ timeoutConfiguration: { timeoutInMinutes } });
const many = (count: number, hook: object) => hooks(...Array.from({ length: count }, () => hook));

const pauses: ServiceRule[] = [
  {
    rule: 'hooks are of strategies with stages',
    refused: configured({ lifecycleHooks: [pause] }),
    text: 'lifecycleHooks are only valid for the BLUE_GREEN, LINEAR and CANARY strategies.',
    accepted: hooks(pause),
  },
  {
    rule: 'at most ten hooks pause',
    refused: many(11, pause),
    text: 'A service can have at most 10 PAUSE lifecycle hooks.',
    accepted: many(10, pause),
  },
  {
    rule: 'a hook has a stage',
    refused: pausing({ lifecycleStages: [] }),
    text: 'lifecycleStages can not be empty for a lifecycle hook.',
    accepted: pausing({ lifecycleStages: ['RECONCILE_SERVICE', 'PRE_PRODUCTION_TRAFFIC_SHIFT'] }),
  },
  {
    rule: 'some stages have no hooks',
    refused: pausing({ lifecycleStages: ['BAKE_TIME'] }),
    text: "Value 'BAKE_TIME' at 'deploymentConfiguration.lifecycleHooks.1.member.lifecycleStages.1.member' failed to satisfy constraint: Member must satisfy enum value set",
    accepted: pausing({ lifecycleStages: ['POST_PRODUCTION_TRAFFIC_SHIFT'] }),
  },
  {
    rule: 'nothing pauses in the shift of production traffic',
    refused: pausing({ lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }),
    text: 'PAUSE lifecycle hooks cannot be configured at the PRODUCTION_TRAFFIC_SHIFT stage.',
    accepted: pausing({ lifecycleStages: ['POST_SCALE_UP'] }),
  },
  {
    rule: 'nothing pauses in the shift of test traffic',
    refused: pausing({ lifecycleStages: ['TEST_TRAFFIC_SHIFT'] }),
    text: 'PAUSE lifecycle hooks cannot be configured at the TEST_TRAFFIC_SHIFT stage.',
    accepted: pausing({ lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }),
  },
  {
    rule: 'a pause calls nothing',
    refused: pausing({ hookTargetArn: 'arn:f' }),
    text: 'hookTargetArn and roleArn are not applicable to PAUSE lifecycle hooks.',
    accepted: pausing({}),
  },
  {
    rule: 'a pause takes at least a minute',
    refused: pausing(timeout(0)),
    text: 'timeoutInMinutes must be between 1 and 20160 for PAUSE lifecycle hooks',
    accepted: pausing(timeout(1)),
  },
  {
    rule: 'a pause takes at most a fortnight',
    refused: pausing(timeout(20_161)),
    text: 'timeoutInMinutes must be between 1 and 20160 for PAUSE lifecycle hooks',
    accepted: pausing(timeout(20_160)),
  },
  {
    rule: 'a hook is of one of two kinds',
    refused: pausing({ targetType: 'SNS' }),
    text: "Value 'SNS' at 'deploymentConfiguration.lifecycleHooks.1.member.targetType' failed to satisfy constraint: Member must satisfy enum value set: [AWS_LAMBDA, PAUSE]",
    accepted: pausing({}),
  },
  {
    rule: 'a hook that takes too long continues or rolls back',
    refused: pausing({ timeoutConfiguration: { action: 'WAIT' } }),
    text: "Value 'WAIT' at 'deploymentConfiguration.lifecycleHooks.1.member.timeoutConfiguration.action' failed to satisfy constraint: Member must satisfy enum value set: [ROLLBACK, CONTINUE]",
    accepted: pausing({ timeoutConfiguration: { action: 'CONTINUE' } }),
  },
];

/** Their neighbours are refused as a whole. */
const calls: ServiceRule[] = [
  {
    rule: 'a call has a function and a role',
    refused: hooks({ ...lambda, roleArn: undefined }),
    text: 'hookTargetArn and roleArn are required for AWS_LAMBDA lifecycle hooks.',
    accepted: hooks(lambda),
  },
  {
    rule: 'a hook without a type is a call',
    refused: hooks({ lifecycleStages: ['PRE_SCALE_UP'] }),
    text: 'hookTargetArn and roleArn are required for AWS_LAMBDA lifecycle hooks.',
    accepted: hooks({ ...lambda, targetType: undefined }),
  },
  {
    rule: 'a call takes at most a day',
    refused: hooks({ ...lambda, ...timeout(1441) }),
    text: 'timeoutInMinutes must be between 1 and 1440 for AWS_LAMBDA lifecycle hooks',
    accepted: hooks({ ...lambda, ...timeout(1440), lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }),
  },
  {
    rule: 'at most ten hooks are calls',
    refused: many(11, lambda),
    text: 'A service can have at most 10 AWS_LAMBDA lifecycle hooks.',
    accepted: many(10, lambda),
  },
  {
    rule: 'calls are of strategies with stages',
    refused: configured({ lifecycleHooks: [lambda] }),
    text: 'lifecycleHooks are only valid for the BLUE_GREEN, LINEAR and CANARY strategies.',
    accepted: hooks(lambda),
  },
  {
    rule: 'what comes with a call is checked first',
    refused: configured({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0 }, lifecycleHooks: [lambda] }),
    text: 'canaryConfiguration.canaryPercent must be between 0.1 and 100.0 in multiples of 0.1',
    accepted: hooks(lambda),
  },
];

const noCalls = 'AWS_LAMBDA lifecycle hooks are not part of this version of Roadstead, because Lambda is not.';

const missing: ServiceRule[] = [
  {
    rule: 'there is no Lambda to call',
    refused: hooks(lambda),
    code: 'UnsupportedFeatureException',
    text: noCalls,
    accepted: hooks(pause),
  },
];

describe('deployment configuration', () => {
  it.each(rolling)('$rule', (rule) => expectServiceRule(rule));
});

describe('BLUE_GREEN, LINEAR and CANARY', () => {
  it.each(strategies)('$rule', (rule) => expectServiceRule(rule));
});

describe('lifecycle hooks', () => {
  it.each(pauses)('$rule', (rule) => expectServiceRule(rule));
  it.each(calls)('$rule', (rule) => expectServiceRule(rule, noCalls));
  it.each(missing)('$rule', (rule) => expectServiceRule(rule));
});
