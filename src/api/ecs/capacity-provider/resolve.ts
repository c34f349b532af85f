import { findProvider } from '#capacity';
import { type CapacityProvider, isReservedProvider, type Scope } from '#model';
import type { RoadsteadView } from '#store';
import { clientError } from '../errors.ts';
import { capacityProviderArnFrom } from '../references.ts';

/** A provider that is ACTIVE, by name or ARN; ClientException when there is none. */
export function activeProvider(view: RoadsteadView, scope: Scope, reference: string): CapacityProvider {
  const provider = findProvider(view, capacityProviderArnFrom(scope, reference));
  if (provider?.status === 'ACTIVE') return provider;
  throw clientError('The specified capacity provider does not exist. Specify a valid name or ARN and try again.');
}

/** ClientException for a provider that is always there. */
export function refuseReserved({ name }: CapacityProvider, verb: 'updated' | 'deleted'): void {
  if (!isReservedProvider(name)) return;
  throw clientError(`The capacity provider ${name} is reserved and cannot be ${verb}.`);
}
