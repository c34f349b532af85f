import { type DiscoveryNamespace, discoveryNamespaceArn, httpNameKey, type Scope, scopeKey, shortId } from '#model';
import type { RoadsteadView } from '#store';

/**
 * The namespace of that ARN, or of that name: what DiscoverInstances calls it, or else its own. Of several with a name
 * the HTTP one. `undefined` when the account has none such in the region.
 */
export function findNamespace(view: RoadsteadView, scope: Scope, reference: string): DiscoveryNamespace | undefined {
  if (reference.startsWith('arn:')) {
    const found = view.discoveryNamespaces.find(shortId(reference));
    return found !== undefined && discoveryNamespaceArn(scope, found.namespaceId) === reference ? found : undefined;
  }
  const [known] = view.discoveryNamespaces.by('httpName', httpNameKey(scope, reference));
  if (known !== undefined) return known;
  for (const namespace of view.discoveryNamespaces.by('scope', scopeKey(scope))) {
    if (namespace.name === reference) return namespace;
  }
  return undefined;
}

/** The record of an HTTP namespace that is made for a cluster. */
export function newHttpNamespace(
  scope: Scope,
  name: string,
  context: { readonly id: string; readonly now: DiscoveryNamespace['createdAt'] },
): DiscoveryNamespace {
  return {
    ...scope,
    namespaceId: `ns-${context.id}`,
    name,
    httpName: name,
    type: 'HTTP',
    tags: [{ key: 'AmazonECSManaged', value: 'true' }],
    createdAt: context.now,
  };
}
