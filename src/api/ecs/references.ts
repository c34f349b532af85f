import {
  type CapacityProviderArn,
  type ClusterArn,
  type ContainerInstanceArn,
  capacityProviderArn,
  clusterArn,
  containerInstanceArn,
  type ParsedEcsArn,
  parseEcsArn,
  type Scope,
  type ServiceArn,
  type ServiceDeploymentArn,
  type ServiceRevisionArn,
  serviceArn,
  type TaskArn,
  taskArn,
} from '#model';
import { accountMismatch, invalidParameter, regionMismatch } from './errors.ts';

/**
 * Callers name resources by short name, short id or ARN. These functions turn what they wrote into the ARN it means,
 * without looking at any state. An ARN of another account or region is refused here.
 */

export const defaultClusterName = 'default';

export function clusterArnFrom(scope: Scope, reference: string | undefined): ClusterArn {
  return clusterArn(scope, clusterNameFrom(scope, reference));
}

export function clusterNameFrom(scope: Scope, reference: string | undefined): string {
  if (reference === undefined || reference === '') return defaultClusterName;
  if (!reference.startsWith('arn:')) return reference;
  const parsed = ownArn(scope, reference, 'cluster', unexpectedArn);
  return parsed.path[0] ?? defaultClusterName;
}

/** A capacity provider by name or ARN. */
export function capacityProviderArnFrom(scope: Scope, reference: string): CapacityProviderArn {
  if (!reference.startsWith('arn:')) return capacityProviderArn(scope, reference);
  return capacityProviderArn(scope, ownArn(scope, reference, 'capacity-provider', unexpectedArn).path.join('/'));
}

/** A service by name or ARN. The short ARN form without a cluster is accepted. */
export function serviceArnFrom(scope: Scope, cluster: string | undefined, reference: string): ServiceArn {
  const clusterName = clusterNameFrom(scope, cluster);
  if (!reference.startsWith('arn:')) return serviceArn(scope, clusterName, reference);
  const parsed = ownArn(scope, reference, 'service', () => 'Invalid service ARN.');
  const [first = '', second] = parsed.path;
  if (second === undefined) return serviceArn(scope, clusterName, first);
  if (cluster !== undefined) requireSameCluster(first, clusterName);
  return serviceArn(scope, first, second);
}

/**
 * A task by id (32 or 36 characters) or ARN. Whoever names no cluster means `default`, also when the ARN names another
 * (observed).
 */
export function taskArnFrom(scope: Scope, cluster: string | undefined, reference: string): TaskArn {
  return taskArnsFrom(scope, cluster, [reference])[0] as TaskArn;
}

/** The same of several, of which a hundred come at a time. */
export function taskArnsFrom(scope: Scope, cluster: string | undefined, references: readonly string[]): TaskArn[] {
  const clusterName = clusterNameFrom(scope, cluster);
  const prefix = taskArn(scope, clusterName, '');
  return references.map((reference) => {
    // Nearly always the ARN is as we gave it.
    if (reference.startsWith(prefix) && !reference.includes('/', prefix.length)) {
      checkIdLength(reference.length - prefix.length, 'taskId');
      return reference as TaskArn;
    }
    if (!reference.startsWith('arn:')) return taskArn(scope, clusterName, checkedId(reference, 'taskId'));
    const parsed = ownArn(scope, reference, 'task', unexpectedArn);
    const [first = '', second] = parsed.path;
    if (second === undefined) return taskArn(scope, clusterName, checkedId(first, 'taskId'));
    requireSameCluster(first, clusterName);
    return taskArn(scope, first, checkedId(second, 'taskId'));
  });
}

/** Service deployments and revisions are named by their whole ARN only. */
export function serviceDeploymentArnFrom(scope: Scope, reference: string): ServiceDeploymentArn {
  return historyArn(scope, reference, 'service-deployment') as ServiceDeploymentArn;
}

export function serviceRevisionArnFrom(scope: Scope, reference: string): ServiceRevisionArn {
  return historyArn(scope, reference, 'service-revision') as ServiceRevisionArn;
}

function historyArn(scope: Scope, reference: string, type: string): string {
  const { path } = ownArn(scope, reference, type, unexpectedArn);
  if (path.length !== 3) throw invalidParameter(unexpectedArn(reference));
  return reference;
}

/** As {@link taskArnFrom}, for a container instance. */
export function containerInstanceArnFrom(
  scope: Scope,
  cluster: string | undefined,
  reference: string,
): ContainerInstanceArn {
  const clusterName = clusterNameFrom(scope, cluster);
  const label = 'containerInstanceId';
  if (!reference.startsWith('arn:')) return containerInstanceArn(scope, clusterName, checkedId(reference, label));
  const [first = '', second] = ownArn(scope, reference, 'container-instance', unexpectedArn).path;
  if (second === undefined) return containerInstanceArn(scope, clusterName, checkedId(first, label));
  requireSameCluster(first, clusterName);
  return containerInstanceArn(scope, first, checkedId(second, label));
}

/** `refusal` says what is wrong with an ARN of anything else. An error costs far more than a parse: made when thrown. */
export function ownArn(
  scope: Scope,
  reference: string,
  type: string,
  refusal: (reference: string) => string,
): ParsedEcsArn {
  const parsed = parseEcsArn(reference);
  if (parsed === undefined || parsed.type !== type) throw invalidParameter(refusal(reference));
  if (parsed.scope.accountId !== scope.accountId) throw accountMismatch();
  if (parsed.scope.region !== scope.region) throw regionMismatch();
  return parsed;
}

export function unexpectedArn(reference: string): string {
  return `Invalid identifier: Unexpected ARN ${reference}`;
}

function checkedId(id: string, label: string): string {
  checkIdLength(id.length, label);
  return id;
}

function checkIdLength(length: number, label: string): void {
  if (length !== 32 && length !== 36) throw invalidParameter(`${label} length should be one of [32,36]`);
}

function requireSameCluster(inArn: string, clusterName: string): void {
  if (inArn === clusterName) return;
  throw invalidParameter(`Identifier is for cluster ${inArn}. Your cluster is ${clusterName}`);
}
