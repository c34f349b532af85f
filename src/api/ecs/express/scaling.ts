import type { ExpressScalingTarget } from '#model';
import { invalidParameter, unsupportedFeature } from '../errors.ts';
import type { ExpressSettings } from './rules.ts';

/** Source: "Resources created by Amazon ECS Express Mode services", and ExpressGatewayScalingTarget. */
export const defaultScaling: ExpressScalingTarget = {
  minTaskCount: 1,
  maxTaskCount: 20,
  autoScalingMetric: 'AVERAGE_CPU',
  autoScalingTargetValue: 60,
};

/** Checks a target without state: at least one task, and a percentage. Hosts count no requests by target group. */
export function checkScaling(target: ExpressSettings['scalingTarget']): void {
  const { minTaskCount: min, maxTaskCount: max, autoScalingMetric, autoScalingTargetValue: value } = target ?? {};
  if (min !== undefined && min < 1) throw invalidParameter('minTaskCount must be at least 1');
  if (max !== undefined && max < (min ?? 1)) throw invalidParameter(`maxTaskCount must be at least ${min ?? 1}`);
  const percent = autoScalingMetric !== 'REQUEST_COUNT_PER_TARGET';
  if (value !== undefined && (value < 1 || (percent && value > 100))) {
    throw invalidParameter(`autoScalingTargetValue must be at least 1${percent ? ' and at most 100' : ''}`);
  }
  if (percent) return;
  throw unsupportedFeature(
    'REQUEST_COUNT_PER_TARGET needs requests counted by target group, which this version of Roadstead does not do. ' +
      'Use AVERAGE_CPU or AVERAGE_MEMORY.',
  );
}

/** The target after a request. InvalidParameterException when what it leaves out does not go with what it says. */
export function scalingAfter(
  input: ExpressSettings['scalingTarget'],
  before: ExpressScalingTarget = defaultScaling,
): ExpressScalingTarget {
  const { minTaskCount = before.minTaskCount, autoScalingMetric = before.autoScalingMetric } = input ?? {};
  // More tasks than the default at most are asked for by their least number alone.
  const most = before === defaultScaling ? Math.max(before.maxTaskCount, minTaskCount) : before.maxTaskCount;
  const maxTaskCount = input?.maxTaskCount ?? most;
  if (maxTaskCount < minTaskCount) throw invalidParameter(`maxTaskCount must be at least ${minTaskCount}`);
  return {
    minTaskCount,
    maxTaskCount,
    autoScalingMetric: autoScalingMetric === 'AVERAGE_MEMORY' ? 'AVERAGE_MEMORY' : 'AVERAGE_CPU',
    autoScalingTargetValue: input?.autoScalingTargetValue ?? before.autoScalingTargetValue,
  };
}
