import {
  type CapacityProviderStrategyItem,
  type Cluster,
  isReservedProvider,
  type LaunchType,
  type Scope,
} from '#model';
import { checkedStrategy, requireAssociated, type StrategyInput } from '../capacity-provider/strategy.ts';
import { invalidParameter, unsupportedFeature } from '../errors.ts';

/** What a request says of where its tasks run: a launch type, a strategy, or neither. */
export interface ComputeAsked {
  readonly launchType?: LaunchType;
  /** Not empty. */
  readonly strategy?: readonly CapacityProviderStrategyItem[];
}

/** Where tasks run. With a strategy the launch type is the kind of its providers. */
export interface Compute {
  readonly launchType: LaunchType;
  readonly strategy?: readonly CapacityProviderStrategyItem[];
}

interface ComputeInput {
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: StrategyInput | undefined;
}

/** What a request asks for, as far as it can be checked without state. */
export function askedCompute(scope: Scope, input: ComputeInput): ComputeAsked {
  if ((input.capacityProviderStrategy?.length ?? 0) === 0) return askedLaunchType(input.launchType);
  if (input.launchType !== undefined) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  return { strategy: checkedStrategy(scope, input.capacityProviderStrategy) };
}

/** Where the tasks run: as asked, else by the cluster's default strategy, else on EC2. */
export function computeFor(cluster: Cluster, { launchType, strategy }: ComputeAsked): Compute {
  if (launchType !== undefined) return { launchType };
  const items = strategy ?? cluster.defaultCapacityProviderStrategy ?? [];
  const [first] = items;
  if (first === undefined) return { launchType: 'EC2' };
  requireAssociated(items, cluster.capacityProviders ?? []);
  if (items.every(({ weight }) => weight === 0)) {
    throw invalidParameter(
      'There are no capacity providers in the capacity provider strategy with a weight value greater than zero. Specify a weight value greater than zero for at least one capacity provider and try again.',
    );
  }
  return { launchType: isReservedProvider(first.capacityProvider) ? 'FARGATE' : 'EC2', strategy: items };
}

function askedLaunchType(launchType: string | undefined): ComputeAsked {
  switch (launchType) {
    case undefined:
      return {};
    case 'EC2':
    case 'FARGATE':
    case 'EXTERNAL':
      return { launchType };
    case 'MANAGED_INSTANCES':
      throw unsupportedFeature(
        'Managed Instances are not part of this version of Roadstead. Specify launchType FARGATE or EC2 instead.',
      );
    default:
      throw invalidParameter('launch type should be one of [EC2,FARGATE,EXTERNAL]');
  }
}
