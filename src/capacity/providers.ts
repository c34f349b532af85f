import { type CapacityProvider, type CapacityProviderArn, isReservedProvider, parseEcsArn } from '#model';
import type { RoadsteadView } from '#store';

/** A capacity provider by ARN, in any state; those that are always there need no record. */
export function findProvider(view: RoadsteadView, arn: string): CapacityProvider | undefined {
  const stored = view.capacityProviders.find(arn);
  if (stored !== undefined) return stored;
  const parsed = parseEcsArn(arn);
  const name = parsed?.path.join('/') ?? '';
  if (parsed === undefined || !isReservedProvider(name)) return undefined;
  return {
    ...parsed.scope,
    capacityProviderArn: arn as CapacityProviderArn,
    name,
    type: name,
    status: 'ACTIVE',
    tags: [],
  };
}
