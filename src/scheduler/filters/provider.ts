import type { HostView, PlacementRequest, Refusal } from '../types.ts';

/** A task of a capacity provider runs on that provider's instances alone; any other task may run there too. */
export function provider(host: HostView, { capacityProvider }: PlacementRequest): Refusal | undefined {
  if (capacityProvider === undefined || host.capacityProviderName === capacityProvider) return undefined;
  return { reason: 'PROVIDER', detail: `the instance is not one of the capacity provider ${capacityProvider}` };
}
