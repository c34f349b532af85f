import { revisionOfTask } from '#mesh';
import { type RevisionConnect, type ServiceRevision, shortId, type Task, taskClusterName } from '#model';
import type { MeshProxyDocument } from '#wire/link';
import { type HostScope, type HostStateCompiler, scopeOfHost } from './compiler.ts';

/** Hosts with a proxy of the namespace. */
export function scopeOfNamespace(namespaceArn: string): HostScope {
  return `namespace:${namespaceArn}` as HostScope;
}

/** Proxies of Service Connect, for the hosts of their tasks; each brings its host the endpoints of the namespace. */
export const meshProxyCompiler: HostStateCompiler<'mesh-proxy'> = {
  kind: 'mesh-proxy',
  *all(view) {
    for (const arn of view.tasks.values('host')) {
      for (const task of view.tasks.by('host', arn)) if (task.serviceConnect !== undefined) yield task.taskArn;
    }
  },
  changedBy: {
    tasks: ({ key, before, after }) => {
      const task = after ?? before;
      if (task?.serviceConnect === undefined) return [];
      const same = before?.hostArn === after?.hostArn && before?.lastStatus === after?.lastStatus;
      return same ? [] : [key];
    },
  },
  compile(view, id) {
    const task = view.tasks.find(id);
    if (task?.serviceConnect === undefined || task.hostArn === undefined || isOver(task)) return undefined;
    const revision = revisionOfTask(view, task);
    const connect = revision?.connect;
    if (revision === undefined || connect === undefined) return undefined;
    const { hostArn: host } = task;
    const scope = scopeOfNamespace(connect.namespaceArn);
    return { body: proxyDocument(task, connect, revision), scopes: [scopeOfHost(host)], brings: { host, scope } };
  },
};

function isOver({ lastStatus }: Task): boolean {
  return lastStatus === 'STOPPED' || lastStatus === 'DELETED';
}

function proxyDocument(
  task: Task,
  connect: RevisionConnect,
  { serviceConnectConfiguration }: Pick<ServiceRevision, 'serviceConnectConfiguration'>,
): MeshProxyDocument {
  const accessLog = serviceConnectConfiguration?.accessLogConfiguration;
  return {
    containerName: task.serviceConnect?.containerName ?? '',
    namespaceArn: connect.namespaceArn,
    clusterName: taskClusterName(task),
    serviceName: shortId(task.serviceArn ?? ''),
    ingress: connect.endpoints.map(({ discoveryArn, containerPort, listenerPort, certificateArn, bridge }) => ({
      endpointId: discoveryArn,
      containerPort,
      ...(bridge === undefined ? {} : { containerName: bridge.containerName }),
      listenerPort,
      ...(certificateArn === undefined ? {} : { certificateArn }),
    })),
    egress: connect.callable.map(({ discoveryArn, hostName, port, address }) => ({
      endpointId: discoveryArn,
      hostName,
      port,
      address,
    })),
    ...(accessLog === undefined
      ? {}
      : {
          accessLog: {
            format: accessLog.format,
            includeQueryParameters: accessLog.includeQueryParameters === 'ENABLED',
          },
        }),
  };
}
