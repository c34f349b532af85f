import { type DiscoveryNamespace, type DiscoveryService, type Scope, scopeKey, type Tag } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { resourceNotFound } from './errors.ts';
import { idOf } from './references.ts';

/** What has tags, as one of its two kinds. */
export type Tagged =
  | { readonly kind: 'namespace'; readonly record: DiscoveryNamespace }
  | { readonly kind: 'service'; readonly record: DiscoveryService };

/** ResourceNotFoundException when the ARN names nothing of the caller's. */
export function getTagged(view: RoadsteadView, scope: Scope, arn: string): Tagged {
  const ofCaller = (record: Scope | undefined): boolean => record !== undefined && scopeKey(record) === scopeKey(scope);
  const namespace = arn.startsWith('arn:')
    ? view.discoveryNamespaces.find(idOf('namespace', arn, scope) ?? '')
    : undefined;
  if (namespace !== undefined && ofCaller(namespace)) return { kind: 'namespace', record: namespace };
  const service = arn.startsWith('arn:') ? view.discoveryServices.find(idOf('service', arn, scope) ?? '') : undefined;
  if (service !== undefined && ofCaller(service)) return { kind: 'service', record: service };
  throw resourceNotFound(arn);
}

export function putTags(tx: RoadsteadTx, tagged: Tagged, tags: readonly Tag[]): void {
  if (tagged.kind === 'namespace') tx.discoveryNamespaces.put({ ...tagged.record, tags });
  else tx.discoveryServices.put({ ...tagged.record, tags });
}
