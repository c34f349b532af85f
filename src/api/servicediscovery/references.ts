import {
  type DiscoveryInstance,
  type DiscoveryNamespace,
  type DiscoveryService,
  discoveryInstanceKey,
  discoveryNamespaceArn,
  discoveryServiceArn,
  httpNameKey,
  type Scope,
  scopeKey,
} from '#model';
import type { RoadsteadView } from '#store';
import type { OperationContext } from '../operation.ts';
import { instanceNotFound, namespaceNotFound, serviceNotFound } from './errors.ts';

const arnPattern = /^arn:aws[a-z-]*:servicediscovery:([a-z0-9-]+):(\d{12}):(namespace|service)\/([a-z0-9-]+)$/;

/** The id in an id or an ARN; `undefined` for an ARN of another place or kind. */
export function idOf(kind: 'namespace' | 'service', reference: string, scope: Scope): string | undefined {
  if (!reference.startsWith('arn:')) return reference;
  const [, region, accountId, found, id] = arnPattern.exec(reference) ?? [];
  return found === kind && region === scope.region && accountId === scope.accountId ? id : undefined;
}

/** As policies name it, whichever way it was given. */
export function namespaceResource(reference: string, { scope }: Pick<OperationContext, 'scope'>): string {
  return reference.startsWith('arn:') ? reference : discoveryNamespaceArn(scope, reference);
}

export function serviceResource(reference: string, { scope }: Pick<OperationContext, 'scope'>): string {
  return reference.startsWith('arn:') ? reference : discoveryServiceArn(scope, reference);
}

/** NamespaceNotFound when the caller has none of that id. */
export function getNamespace(view: RoadsteadView, scope: Scope, reference: string): DiscoveryNamespace {
  const namespace = view.discoveryNamespaces.find(idOf('namespace', reference, scope) ?? '');
  if (namespace === undefined || scopeKey(namespace) !== scopeKey(scope)) throw namespaceNotFound(reference);
  return namespace;
}

/** ServiceNotFound when the caller has none of that id. */
export function getService(view: RoadsteadView, scope: Scope, reference: string): DiscoveryService {
  const service = view.discoveryServices.find(idOf('service', reference, scope) ?? '');
  if (service === undefined || scopeKey(service) !== scopeKey(scope)) throw serviceNotFound(reference);
  return service;
}

export function getInstance(
  view: RoadsteadView,
  { serviceId }: Pick<DiscoveryService, 'serviceId'>,
  instanceId: string,
): DiscoveryInstance {
  const instance = view.discoveryInstances.find(discoveryInstanceKey(serviceId, instanceId));
  if (instance === undefined) throw instanceNotFound(instanceId);
  return instance;
}

/** By the names that DiscoverInstances takes; NamespaceNotFound or ServiceNotFound. */
export function namedService(
  view: RoadsteadView,
  scope: Scope,
  { NamespaceName, ServiceName, OwnerAccount }: { NamespaceName?: string; ServiceName?: string; OwnerAccount?: string },
): { readonly namespace: DiscoveryNamespace; readonly service: DiscoveryService } {
  const own = OwnerAccount === undefined || OwnerAccount === scope.accountId;
  const [namespace] = own ? view.discoveryNamespaces.by('httpName', httpNameKey(scope, NamespaceName ?? '')) : [];
  if (namespace === undefined) throw namespaceNotFound(NamespaceName ?? '');
  const [service] = view.discoveryServices.by('name', `${namespace.namespaceId}/${ServiceName}`);
  if (service === undefined) throw serviceNotFound(ServiceName ?? '');
  return { namespace, service };
}
