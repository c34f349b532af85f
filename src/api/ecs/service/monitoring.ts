import type * as Ecs from '@aws-sdk/client-ecs';
import type { InputOf } from '#wire/aws';
import { invalidParameter } from '../errors.ts';

type MonitoringInput = NonNullable<InputOf<typeof Ecs, 'CreateService'>['monitoring']>;

const metrics: readonly string[] = ['CPUUtilization', 'MemoryUtilization'];
const resolutions: readonly number[] = [20, 60];

/** MonitoringConfiguration in the API reference: two metrics, each at 20 or 60 seconds. The texts are ours. */
export function checkMonitoring(input: MonitoringInput | undefined): void {
  for (const { metricNames, resolutionSeconds } of input?.metricConfigurations ?? []) {
    if (metricNames.length === 0) throw invalidParameter('metricNames can not be empty.');
    const unknown = metricNames.find((name) => !metrics.includes(name));
    if (unknown !== undefined) {
      throw invalidParameter(`The metric ${unknown} is not supported. Must be one of [${metrics.join(', ')}]`);
    }
    if (!resolutions.includes(resolutionSeconds)) {
      throw invalidParameter(`resolutionSeconds must be one of [${resolutions.join(', ')}]`);
    }
  }
}
