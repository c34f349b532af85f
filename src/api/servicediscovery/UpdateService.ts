import type { DiscoveryService } from '#model';
import { operation } from '../operation.ts';
import { recordsFrom } from './dns.ts';
import { invalidInput } from './errors.ts';
import { refuseHealthChecks } from './health.ts';
import { getNamespace, getService, serviceResource } from './references.ts';
import { carriedOut, requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';

/** UpdateService: description, and how long answers may be kept. Types of records cannot change. */
export const UpdateService = operation(servicediscovery, 'UpdateService', {
  authorize: ({ Id }, ctx) => ({ action: 'servicediscovery:UpdateService', resource: serviceResource(Id, ctx) }),
  command: (input) => {
    const { Description, DnsConfig, HealthCheckConfig } = input.Service;
    return {
      request: requestOf('UpdateService', input),
      id: input.Id,
      description: Description,
      dnsRecords: DnsConfig === undefined ? undefined : recordsFrom(DnsConfig.DnsRecords),
      healthCheckConfig: HealthCheckConfig,
    };
  },
  apply: (tx, { request, id, description, dnsRecords, healthCheckConfig }, ctx) => {
    const service = getService(tx, ctx.scope, id);
    if (healthCheckConfig !== undefined) refuseHealthChecks(getNamespace(tx, ctx.scope, service.namespaceId));
    tx.discoveryServices.put({
      ...service,
      ...(description === undefined ? {} : { description }),
      ...(dnsRecords === undefined ? {} : { dnsConfig: withTtls(service, dnsRecords) }),
    });
    return carriedOut(tx, ctx, request, { type: 'UPDATE_SERVICE', targets: { SERVICE: service.serviceId } });
  },
  output: (operationId) => ({ OperationId: operationId }),
});

type DnsConfig = NonNullable<DiscoveryService['dnsConfig']>;

function withTtls({ dnsConfig }: DiscoveryService, dnsRecords: DnsConfig['dnsRecords']): DnsConfig {
  if (dnsConfig === undefined) throw invalidInput('The service has no DnsConfig, and none can be added.');
  const types = (records: DnsConfig['dnsRecords']): string =>
    records
      .map(({ type }) => type)
      .sort()
      .join();
  if (types(dnsConfig.dnsRecords) !== types(dnsRecords)) {
    throw invalidInput(
      "The types of a service's DNS records cannot be changed. Delete the service and create it with a new DnsConfig.",
    );
  }
  return { ...dnsConfig, dnsRecords };
}
