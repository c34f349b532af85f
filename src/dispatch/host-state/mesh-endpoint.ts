import { endpointTraffic } from '#mesh';
import {
  connectCertificateArn,
  type DiscoveryInstance,
  type DiscoveryService,
  discoveryNamespaceArn,
  discoveryServiceArn,
  shortId,
  type Task,
} from '#model';
import type { RoadsteadView } from '#store';
import type { MeshEndpointDocument } from '#wire/link';
import type { HostStateCompiler } from './compiler.ts';
import { scopeOfNamespace } from './mesh-proxy.ts';

/** Endpoints of Service Connect, for every host with a proxy of their namespace. */
export const meshEndpointCompiler: HostStateCompiler<'mesh-endpoint'> = {
  kind: 'mesh-endpoint',
  *all(view) {
    for (const serviceArn of view.discoveryServices.values('ecsService')) yield* endpointsOf(view, serviceArn);
  },
  changedBy: {
    discoveryServices: ({ before, after }) => {
      const record = after ?? before;
      const same = before !== undefined && after !== undefined;
      return record === undefined || record.managedByEcs !== true || same ? [] : [arnOf(record)];
    },
    discoveryInstances: ({ before, after }, view) => endpointOfInstance(view, after ?? before),
    connectCertificates: ({ before, after }, view) => {
      if (before !== undefined && before.chain === after?.chain) return [];
      return endpointsOf(view, (after ?? before)?.serviceArn);
    },
    serviceDeployments: ({ before, after }, view) => {
      const same = before?.stage === after?.stage && before?.status === after?.status;
      return same ? [] : endpointsOf(view, (after ?? before)?.serviceArn);
    },
    services: ({ key, before, after }, view) => {
      const connects = [before, after].some((each) => each?.serviceConnectConfiguration !== undefined);
      return connects && before?.deployments !== after?.deployments ? endpointsOf(view, key) : [];
    },
    tasks: ({ before, after }, view) => {
      const stops = before?.desiredStatus === 'RUNNING' && after?.desiredStatus !== 'RUNNING';
      return stops && before.serviceConnect !== undefined ? endpointsOfTask(view, before) : [];
    },
  },
  compile(view, id) {
    const record = view.discoveryServices.find(shortId(id));
    if (record?.managedByEcs !== true || arnOf(record) !== id) return undefined;
    const body = endpointDocument(view, record);
    return body === undefined ? undefined : { body, scopes: [scopeOfNamespace(body.namespaceArn)] };
  },
};

function endpointDocument(view: RoadsteadView, record: DiscoveryService): MeshEndpointDocument | undefined {
  const traffic = endpointTraffic(view, record);
  if (traffic === undefined) return undefined;
  const { endpoint, shares, test, tls } = traffic;
  const certificate = tls ? view.connectCertificates.find(connectCertificateArn(record, record.serviceId)) : undefined;
  // Its certificate is being made: nobody could tell whom he speaks to.
  if (tls && certificate === undefined) return undefined;
  return {
    namespaceArn: discoveryNamespaceArn(record, record.namespaceId),
    discoveryName: record.name,
    protocol: endpoint.protocol,
    idleTimeoutSeconds: endpoint.idleTimeoutSeconds,
    perRequestTimeoutSeconds: endpoint.perRequestTimeoutSeconds,
    ...(certificate === undefined ? {} : { tls: { serverName: certificate.serverName, authority: certificate.chain } }),
    shares,
    ...(test === undefined
      ? {}
      : {
          test: {
            share: test.share,
            headerName: test.header.name,
            ...(test.header.value === undefined ? {} : { exact: test.header.value.exact }),
          },
        }),
  };
}

function arnOf(record: DiscoveryService): string {
  return discoveryServiceArn(record, record.serviceId);
}

function endpointsOf(view: RoadsteadView, serviceArn: string | undefined): readonly string[] {
  return serviceArn === undefined ? [] : [...view.discoveryServices.by('ecsService', serviceArn)].map(arnOf);
}

function endpointsOfTask(view: RoadsteadView, { serviceArn }: Task): readonly string[] {
  return endpointsOf(view, serviceArn);
}

function endpointOfInstance(view: RoadsteadView, instance: DiscoveryInstance | undefined): readonly string[] {
  const record = instance === undefined ? undefined : view.discoveryServices.find(instance.serviceId);
  return record?.managedByEcs === true ? [arnOf(record)] : [];
}
