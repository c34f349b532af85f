import { revisionOfTask } from '#mesh';
import { type ContainerInstanceArn, type Task } from '#model';
import type { RoadsteadView } from '#store';
import { type Compiled, type HostStateCompiler, scopeOfHost } from './compiler.ts';

/** Opens what a record has sealed. */
export interface PrivateKeys {
  open(sealed: string): string;
}

/**
 * Certificates with their keys. Those that listeners show: for hosts alone that carry a node of such a balancer. Those of
 * endpoints of Service Connect: for hosts alone that have a task of the service.
 */
export function certificateCompiler(privateKeys: PrivateKeys): HostStateCompiler<'certificate'> {
  return {
    kind: 'certificate',
    *all(view) {
      for (const { certificateArn } of view.certificates.all()) yield certificateArn;
      for (const { certificateArn } of view.connectCertificates.all()) yield certificateArn;
    },
    changedBy: {
      certificates: ({ key }) => [key],
      connectCertificates: ({ key }) => [key],
      tasks: ({ before, after }, view) => {
        const task = after ?? before;
        const same = before?.hostArn === after?.hostArn && before?.lastStatus === after?.lastStatus;
        return task?.serviceConnect === undefined || same ? [] : certificatesOf(view, task);
      },
      listeners: ({ before, after }) => [...shownBy(before), ...shownBy(after)],
      *loadBalancers({ key }, view) {
        for (const listener of view.listeners.by('loadBalancer', key)) yield* shownBy(listener);
      },
    },
    compile(view, id) {
      const certificate = view.certificates.find(id);
      const hosts = certificate === undefined ? [] : hostsOf(view, id);
      return certificate === undefined
        ? compileOfEndpoint(view, id, privateKeys)
        : compileFor(certificate, hosts, privateKeys);
    },
  };
}

function compileOfEndpoint(view: RoadsteadView, id: string, keys: PrivateKeys): Compiled<'certificate'> | undefined {
  const certificate = view.connectCertificates.find(id);
  if (certificate === undefined) return undefined;
  const hosts = new Set<ContainerInstanceArn>();
  for (const task of view.tasks.by('serviceOpen', certificate.serviceArn)) {
    if (task.hostArn === undefined || task.serviceConnect === undefined) continue;
    if (certificatesOf(view, task).includes(id)) hosts.add(task.hostArn);
  }
  return compileFor(certificate, [...hosts], keys);
}

function compileFor(
  record: { readonly certificate: string; readonly chain?: string; readonly sealedPrivateKey: string },
  hosts: readonly ContainerInstanceArn[],
  privateKeys: PrivateKeys,
): Compiled<'certificate'> | undefined {
  const privateKey = hosts.length === 0 ? undefined : opened(privateKeys, record.sealedPrivateKey);
  if (privateKey === undefined) return undefined;
  const { certificate, chain } = record;
  const body = { certificate, ...(chain === undefined ? {} : { chain }), privateKey };
  return { body, scopes: hosts.map(scopeOfHost) };
}

/** Of the endpoints that the task answers for. */
function certificatesOf(view: RoadsteadView, task: Task): readonly string[] {
  return (revisionOfTask(view, task)?.connect?.endpoints ?? []).flatMap(({ certificateArn }) => certificateArn ?? []);
}

function shownBy(
  listener: { readonly defaultCertificateArn?: string; readonly certificateArns: readonly string[] } | undefined,
): readonly string[] {
  const { defaultCertificateArn, certificateArns = [] } = listener ?? {};
  return defaultCertificateArn === undefined ? certificateArns : [defaultCertificateArn, ...certificateArns];
}

function hostsOf(view: RoadsteadView, certificateArn: string): readonly ContainerInstanceArn[] {
  const balancers = new Set(
    [...view.listeners.by('certificate', certificateArn)].map(({ loadBalancerArn }) => loadBalancerArn),
  );
  const hosts = [...balancers].flatMap((arn) =>
    (view.loadBalancers.find(arn)?.nodes ?? []).flatMap(({ hostArn }) => hostArn ?? []),
  );
  return [...new Set(hosts)];
}

/** A key that another installation sealed cannot be told of; its listener then has no certificate. */
function opened(privateKeys: PrivateKeys, sealed: string): string | undefined {
  try {
    return privateKeys.open(sealed);
  } catch {
    return undefined;
  }
}
