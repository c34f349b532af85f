import { attributeValue, type ContainerInstance, scopeKey, type Target, type TargetGroup } from '#model';
import type { RoadsteadView } from '#store';
import type { TargetPlace } from './health.ts';

/** The attribute in which a host says where other hosts reach it. */
export const underlayAddressAttribute = 'roadstead.underlay-address';

/** The instance of a target that is one, if it is registered anywhere. */
export function instanceOf(
  view: RoadsteadView,
  target: Pick<Target, 'id' | 'accountId' | 'region'>,
): ContainerInstance | undefined {
  for (const instance of view.containerInstances.by('instanceId', target.id)) {
    if (instance.status !== 'INACTIVE' && scopeKey(instance) === scopeKey(target)) return instance;
  }
  return undefined;
}

export function placeOf(
  view: RoadsteadView,
  { targetType }: Pick<TargetGroup, 'targetType'>,
  target: Pick<Target, 'id' | 'accountId' | 'region' | 'availabilityZone'>,
): TargetPlace {
  if (targetType === 'ip') {
    return {
      exists: true,
      ...(target.availabilityZone === undefined ? {} : { availabilityZone: target.availabilityZone }),
    };
  }
  const instance = instanceOf(view, target);
  if (instance === undefined) return { exists: false };
  const zone = attributeValue(instance, 'ecs.availability-zone');
  return { exists: true, ...(zone === undefined ? {} : { availabilityZone: zone }) };
}

/** Where a target is reached; `undefined` while nobody knows. */
export function addressOf(
  view: RoadsteadView,
  { targetType }: Pick<TargetGroup, 'targetType'>,
  target: Pick<Target, 'id' | 'accountId' | 'region'>,
): string | undefined {
  if (targetType === 'ip') return target.id;
  const instance = instanceOf(view, target);
  return instance === undefined ? undefined : attributeValue(instance, underlayAddressAttribute);
}

/** The host of a target, where it is known: of a task that a service registered, or of an instance. */
export function hostOf(
  view: RoadsteadView,
  { targetType }: Pick<TargetGroup, 'targetType'>,
  target: Pick<Target, 'id' | 'accountId' | 'region' | 'taskArn'>,
): ContainerInstance | undefined {
  if (targetType === 'instance') return instanceOf(view, target);
  const hostArn = target.taskArn === undefined ? undefined : view.tasks.find(target.taskArn)?.hostArn;
  return hostArn === undefined ? undefined : view.containerInstances.find(hostArn);
}
