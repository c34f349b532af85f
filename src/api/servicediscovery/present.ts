import {
  type DiscoveryInstance,
  type DiscoveryNamespace,
  type DiscoveryOperation,
  type DiscoveryService,
  discoveryNamespaceArn,
  discoveryServiceArn,
} from '#model';
import type { RoadsteadView } from '#store';

function summaryOfNamespace(view: RoadsteadView, namespace: DiscoveryNamespace) {
  const { namespaceId, accountId, name, type, description, hostedZoneId, soaTtl, httpName, createdAt } = namespace;
  return {
    Id: namespaceId,
    Arn: discoveryNamespaceArn(namespace, namespaceId),
    ResourceOwner: accountId,
    Name: name,
    Type: type,
    ...(description === undefined ? {} : { Description: description }),
    ServiceCount: view.discoveryServices.count('namespace', namespaceId),
    Properties: {
      DnsProperties: hostedZoneId === undefined ? {} : { HostedZoneId: hostedZoneId, SOA: { TTL: soaTtl ?? 0 } },
      HttpProperties: { HttpName: httpName },
    },
    CreateDate: createdAt,
  };
}

export const presentNamespaceSummary = summaryOfNamespace;

export function presentNamespace(view: RoadsteadView, namespace: DiscoveryNamespace) {
  const { creatorRequestId } = namespace;
  return {
    ...summaryOfNamespace(view, namespace),
    ...(creatorRequestId === undefined ? {} : { CreatorRequestId: creatorRequestId }),
  };
}

export function presentServiceSummary(view: RoadsteadView, service: DiscoveryService) {
  const { serviceId, accountId, name, type, description, dnsConfig, customHealth, createdAt } = service;
  return {
    Id: serviceId,
    Arn: discoveryServiceArn(service, serviceId),
    ResourceOwner: accountId,
    Name: name,
    Type: type,
    ...(description === undefined ? {} : { Description: description }),
    InstanceCount: view.discoveryInstances.count('service', serviceId),
    ...(dnsConfig === undefined ? {} : { DnsConfig: presentDnsConfig(service, dnsConfig) }),
    ...(customHealth === true ? { HealthCheckCustomConfig: { FailureThreshold: 1 } } : {}),
    CreateDate: createdAt,
    CreatedByAccount: accountId,
  };
}

export function presentService(view: RoadsteadView, service: DiscoveryService) {
  const { creatorRequestId, namespaceId } = service;
  return {
    ...presentServiceSummary(view, service),
    NamespaceId: namespaceId,
    ...(creatorRequestId === undefined ? {} : { CreatorRequestId: creatorRequestId }),
  };
}

function presentDnsConfig(
  { namespaceId }: DiscoveryService,
  { routingPolicy, dnsRecords }: NonNullable<DiscoveryService['dnsConfig']>,
) {
  return {
    NamespaceId: namespaceId,
    RoutingPolicy: routingPolicy,
    DnsRecords: dnsRecords.map(({ type, ttl }) => ({ Type: type, TTL: ttl })),
  };
}

export function presentInstanceSummary({ instanceId, attributes, accountId }: DiscoveryInstance) {
  return { Id: instanceId, Attributes: { ...attributes }, CreatedByAccount: accountId };
}

export function presentInstance(instance: DiscoveryInstance) {
  const { creatorRequestId } = instance;
  return {
    ...presentInstanceSummary(instance),
    ...(creatorRequestId === undefined ? {} : { CreatorRequestId: creatorRequestId }),
  };
}

export function presentOperation(operation: DiscoveryOperation) {
  const { operationId, accountId, type, status, errorCode, errorMessage, createdAt, targets } = operation;
  return {
    Id: operationId,
    OwnerAccount: accountId,
    Type: type,
    Status: status,
    ...(errorCode === undefined ? {} : { ErrorCode: errorCode }),
    ...(errorMessage === undefined ? {} : { ErrorMessage: errorMessage }),
    CreateDate: createdAt,
    UpdateDate: createdAt,
    Targets: { ...targets },
  };
}
