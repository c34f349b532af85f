import type { DiscoveryNamespace } from '#model';
import { invalidInput } from './errors.ts';

/** HealthCheckConfig is Route 53's checks from the Internet, of which there are none here. */
export function refuseHealthChecks({ type }: Pick<DiscoveryNamespace, 'type'>): never {
  if (type === 'DNS_PRIVATE') {
    throw invalidInput('HealthCheckConfig is for public DNS and HTTP namespaces. Use HealthCheckCustomConfig instead.');
  }
  throw invalidInput(
    'Health checks from the Internet (HealthCheckConfig) are not part of this version of Roadstead. ' +
      'Use HealthCheckCustomConfig instead.',
  );
}
