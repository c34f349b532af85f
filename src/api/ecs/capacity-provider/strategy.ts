import { type CapacityProviderStrategyItem, isReservedProvider, type Scope, shortId } from '#model';
import { ApiError } from '#wire/aws';
import { clientError, invalidParameter } from '../errors.ts';
import { limits } from '../limits.ts';
import { capacityProviderArnFrom } from '../references.ts';

/** A strategy or a list of providers as requests give it; names and ARNs are both understood. */
export type StrategyInput = readonly {
  readonly capacityProvider?: string | undefined;
  readonly weight?: number | undefined;
  readonly base?: number | undefined;
}[];

/** The names of a cluster's providers, each once, at most twenty. */
export function checkedProviderNames(scope: Scope, references: readonly string[] | undefined): readonly string[] {
  const names = [...new Set((references ?? []).map((reference) => nameFrom(scope, reference)))];
  if (names.length > limits.capacityProviders) {
    throw new ApiError(
      'LimitExceededException',
      `A cluster can have at most ${limits.capacityProviders} capacity providers.`,
    );
  }
  return names;
}

/**
 * What can be said of a strategy without any state: at most twenty providers, each once, of one kind, and one base.
 * `caller` is the operation whose own sentence the refusal has.
 */
export function checkedStrategy(
  scope: Scope,
  input: StrategyInput | undefined,
  caller?: 'CreateCluster',
): readonly CapacityProviderStrategyItem[] {
  const items = (input ?? []).map(({ capacityProvider, weight, base }) => ({
    capacityProvider: nameFrom(scope, capacityProvider ?? ''),
    weight: checkedNumber('weight', weight, 1000),
    base: checkedNumber('base', base, 100_000),
  }));
  if (items.length > limits.capacityProviders) {
    throw invalidParameter(
      `A capacity provider strategy can contain a maximum of ${limits.capacityProviders} capacity providers.`,
    );
  }
  const twice = items.find(({ capacityProvider }, index) =>
    items.slice(0, index).some((other) => other.capacityProvider === capacityProvider),
  );
  if (twice !== undefined) {
    throw invalidParameter(
      `The specified capacity provider strategy contains the capacity provider ${twice.capacityProvider} more than once. Specify each capacity provider once and try again.`,
    );
  }
  if (items.filter(({ base }) => base > 0).length > 1) throw severalBases(caller);
  const reserved = items.filter(({ capacityProvider }) => isReservedProvider(capacityProvider)).length;
  if (reserved > 0 && reserved < items.length) {
    throw invalidParameter(
      'A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. Specify one or the other and try again.',
    );
  }
  return items;
}

/** Refuses a strategy with a provider that is not one of the cluster's. */
export function requireAssociated(strategy: readonly CapacityProviderStrategyItem[], names: readonly string[]): void {
  if (strategy.every(({ capacityProvider }) => names.includes(capacityProvider))) return;
  throw invalidParameter(
    'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
  );
}

function severalBases(caller: 'CreateCluster' | undefined): ApiError {
  return invalidParameter(
    caller === 'CreateCluster'
      ? 'CreateCluster Invalid Request: The specified capacity provider strategy contains multiple capacity providers with a base value defined. Only one capacity provider per strategy can have a base value defined.'
      : 'There are multiple capacity providers in the specified capacity provider strategy with a base value greater than zero. Only one capacity provider can have a base value greater than zero. Specify a valid capacity provider strategy and try again.',
  );
}

function checkedNumber(member: 'weight' | 'base', value: number | undefined, most: number): number {
  const number = value ?? 0;
  if (number >= 0 && number <= most) return number;
  throw invalidParameter(`The ${member} of a capacity provider must be between 0 and ${most}.`);
}

function nameFrom(scope: Scope, reference: string): string {
  if (reference === '') throw clientError('A capacity provider name cannot be empty.');
  return shortId(capacityProviderArnFrom(scope, reference));
}
