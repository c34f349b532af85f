import { findNamespace, newHttpNamespace } from '#mesh';
import { type Cluster, discoveryNamespaceArn, type Scope, scopeKey } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../../operation.ts';
import { accountMismatch, invalidParameter, namespaceNotFound, regionMismatch } from '../errors.ts';

/** Source: "AWS Cloud Map service quotas". */
const namespacesPerRegion = 50;

/**
 * The cluster with this default namespace; an empty text takes it away. A name that no namespace has makes an HTTP
 * namespace, as ECS does; the attachment tells of it. NamespaceNotFoundException for an ARN that there is not.
 */
export function withDefaultNamespace(
  tx: RoadsteadTx,
  cluster: Cluster,
  asked: string | undefined,
  ctx: OperationContext,
): Cluster {
  if (asked === undefined) return cluster;
  const { serviceConnectDefaults: _, ...rest } = cluster;
  if (asked === '') return rest;
  const { scope } = ctx;
  const reference = checkedNamespace(scope, asked);
  const known = findNamespace(tx, scope, reference);
  if (known !== undefined) {
    return { ...rest, serviceConnectDefaults: { namespace: discoveryNamespaceArn(scope, known.namespaceId) } };
  }
  if (reference.startsWith('arn:')) throw namespaceNotFound(reference);
  if (tx.discoveryNamespaces.count('scope', scopeKey(scope)) >= namespacesPerRegion) {
    throw new ApiError(
      'LimitExceededException',
      `There can be no more than ${namespacesPerRegion} namespaces in a region. Delete one, or name one that there is.`,
    );
  }
  const id = ctx.ids.from('abcdefghijklmnopqrstuvwxyz0123456789', 16);
  const made = newHttpNamespace(scope, reference, { id, now: ctx.now });
  tx.discoveryNamespaces.put(made);
  const attachments = (cluster.attachments ?? []).filter(({ type }) => type !== 'sc');
  return {
    ...rest,
    serviceConnectDefaults: { namespace: discoveryNamespaceArn(scope, made.namespaceId) },
    attachments: [...attachments, { id: ctx.ids.uuid(), type: 'sc' }],
  };
}

/** Cloud Map's `NamespaceName`: printable ASCII. */
const namePattern = /^[!-~]{1,1024}$/;
const arnPattern = /^arn:aws[a-z-]*:servicediscovery:([a-z0-9-]+):(\d{12}):namespace\/ns-[a-z0-9]{1,61}$/;

/** A name or an ARN of the caller's own. InvalidParameterException otherwise. */
export function checkedNamespace(scope: Scope, namespace: string): string {
  if (namespace === '') throw invalidParameter('Namespace can not be blank.');
  if (!namePattern.test(namespace)) {
    throw invalidParameter('The namespace must have 1 to 1024 characters, without spaces and control characters.');
  }
  if (!namespace.startsWith('arn:')) return namespace;
  const match = arnPattern.exec(namespace);
  if (match === null) throw invalidParameter(`Invalid identifier: Unexpected ARN ${namespace}`);
  if (match[2] !== scope.accountId) throw accountMismatch();
  if (match[1] !== scope.region) throw regionMismatch();
  return namespace;
}
