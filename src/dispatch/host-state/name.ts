import { type DiscoveryService, discoveryInstanceKey, instanceNames, serviceNames } from '#model';
import type { RoadsteadView } from '#store';
import { compileBalancerName, compileExpressName, isBalancerId } from './balancer-names.ts';
import type { HostStateCompiler } from './compiler.ts';
import { compileRecordSet, idOfRecordSet, isRecordSetId } from './hosted-zone.ts';
import { scopesOf } from './zone.ts';

const types = ['A', 'AAAA', 'SRV', 'CNAME'] as const;

/**
 * The names of Cloud Map's services and, where SRV records point to them, of their instances. Ids are
 * `<service>/<type>` and `<service>/<instance>/<type>`, those of Route 53's record sets in `hosted-zone.ts`, of
 * load balancers in `balancer-names.ts`.
 */
export const nameCompiler: HostStateCompiler<'name'> = {
  kind: 'name',
  *all(view) {
    for (const set of view.resourceRecordSets.all()) yield idOfRecordSet(set);
    for (const { loadBalancerArn } of view.loadBalancers.all()) yield* idsOfBalancer(view, loadBalancerArn);
    for (const service of view.discoveryServices.all()) {
      if (service.dnsConfig === undefined) continue;
      yield* idsOf(service.serviceId);
      yield* idsOfInstances(view, service);
    }
  },
  changedBy: {
    loadBalancers: ({ key, before, after }, view) =>
      before?.nodes === after?.nodes && before?.serving === after?.serving ? [] : idsOfBalancer(view, key),
    services: ({ key, before, after }) => (before?.express?.resources === after?.express?.resources ? [] : [key]),
    resourceRecordSets: ({ before, after }) => {
      const set = after ?? before;
      return set === undefined ? [] : [idOfRecordSet(set)];
    },
    *hostedZones({ before, after }, view) {
      const zone = after ?? before;
      if (zone === undefined || before?.vpcs === after?.vpcs) return;
      for (const set of view.resourceRecordSets.by('zone', zone.hostedZoneId)) yield idOfRecordSet(set);
    },
    discoveryInstances: ({ before, after }) => {
      const instance = after ?? before;
      if (instance === undefined) return [];
      const { serviceId, instanceId } = instance;
      const well = before !== undefined && before.attributes === after?.attributes;
      return [...idsOf(serviceId), ...(well ? [] : idsOf(serviceId, instanceId))];
    },
    *discoveryServices({ before, after }, view) {
      const service = after ?? before;
      if (service === undefined || (before !== undefined && before.dnsConfig === after?.dnsConfig)) return;
      yield* idsOf(service.serviceId);
      if (before !== undefined) yield* idsOfInstances(view, service);
    },
  },
  compile(view, id) {
    if (isRecordSetId(id)) return compileRecordSet(view, id);
    if (isBalancerId(id)) {
      const service = view.services.find(id);
      return service === undefined ? compileBalancerName(view, id) : compileExpressName(view, service);
    }
    const slash = id.indexOf('/');
    const end = id.lastIndexOf('/');
    const service = view.discoveryServices.find(id.slice(0, slash));
    const namespace = service === undefined ? undefined : view.discoveryNamespaces.find(service.namespaceId);
    if (service === undefined || namespace?.hostedZoneId === undefined) return undefined;
    const instanceId = id.slice(slash + 1, end);
    const instance =
      end === slash ? undefined : view.discoveryInstances.find(discoveryInstanceKey(service.serviceId, instanceId));
    const names =
      end === slash
        ? serviceNames(namespace, service, [...view.discoveryInstances.by('service', service.serviceId)])
        : instance === undefined
          ? []
          : instanceNames(namespace, service, instance);
    const found = names.find(({ type }) => type === id.slice(end + 1));
    if (found === undefined) return undefined;
    return { body: { zoneId: namespace.hostedZoneId, ...found }, scopes: scopesOf(namespace) };
  },
};

/** A load balancer, and the Express services that are reached by it. */
function idsOfBalancer(view: RoadsteadView, arn: string): string[] {
  return [arn, ...[...view.services.by('express', arn)].map(({ serviceArn }) => serviceArn)];
}

function idsOf(serviceId: string, instanceId?: string): string[] {
  if (instanceId === undefined) return types.map((type) => `${serviceId}/${type}`);
  return (['A', 'AAAA'] as const).map((type) => `${serviceId}/${instanceId}/${type}`);
}

function* idsOfInstances(view: RoadsteadView, { serviceId, dnsConfig }: DiscoveryService): Iterable<string> {
  if (dnsConfig?.dnsRecords.some(({ type }) => type === 'SRV') !== true) return;
  for (const { instanceId } of view.discoveryInstances.by('service', serviceId)) yield* idsOf(serviceId, instanceId);
}
