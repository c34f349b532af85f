import type { Ids } from '#base';

/**
 * ARNs in the long format, the only one for new accounts:
 * `arn:aws:ecs:<region>:<account>:<type>/<cluster>/<id>`. Clients and agents parse the fields by position.
 * Source: "Amazon Resource Names and IDs for ECS resources" in the ECS developer guide.
 */
export type AccountId = string & { readonly __brand: 'AccountId' };
export type Region = string & { readonly __brand: 'Region' };
export type ClusterArn = string & { readonly __brand: 'ClusterArn' };
export type TaskDefinitionArn = string & { readonly __brand: 'TaskDefinitionArn' };
export type DaemonTaskDefinitionArn = string & { readonly __brand: 'DaemonTaskDefinitionArn' };
export type ServiceArn = string & { readonly __brand: 'ServiceArn' };
export type TaskArn = string & { readonly __brand: 'TaskArn' };
export type ContainerArn = string & { readonly __brand: 'ContainerArn' };
export type ContainerInstanceArn = string & { readonly __brand: 'ContainerInstanceArn' };
export type CapacityProviderArn = string & { readonly __brand: 'CapacityProviderArn' };
/** `ecs-svc/` and 19 digits; the same number ends the service-revision ARN. */
export type DeploymentId = string & { readonly __brand: 'DeploymentId' };
export type ServiceRevisionArn = string & { readonly __brand: 'ServiceRevisionArn' };
export type TaskSetArn = string & { readonly __brand: 'TaskSetArn' };
export type ServiceDeploymentArn = string & { readonly __brand: 'ServiceDeploymentArn' };

/** Whose record, and where: every record belongs to one account in one region. */
export interface Scope {
  readonly accountId: AccountId;
  readonly region: Region;
}

/** The scope as an index key. */
export function scopeKey(scope: Scope): string {
  return `${scope.accountId}/${scope.region}`;
}

export type EcsResourceType =
  | 'cluster'
  | 'task-definition'
  | 'service'
  | 'task'
  | 'container'
  | 'container-instance'
  | 'attachment'
  | 'capacity-provider'
  | 'task-set'
  | 'service-deployment'
  | 'service-revision'
  | 'daemon-task-definition';

function ecsArn(scope: Scope, type: EcsResourceType, path: string): string {
  return `arn:aws:ecs:${scope.region}:${scope.accountId}:${type}/${path}`;
}

export function clusterArn(scope: Scope, clusterName: string): ClusterArn {
  return ecsArn(scope, 'cluster', clusterName) as ClusterArn;
}

export function taskDefinitionArn(scope: Scope, family: string, revision: number): TaskDefinitionArn {
  return ecsArn(scope, 'task-definition', `${family}:${revision}`) as TaskDefinitionArn;
}

export function daemonTaskDefinitionArn(scope: Scope, family: string, revision: number): DaemonTaskDefinitionArn {
  return ecsArn(scope, 'daemon-task-definition', `${family}:${revision}`) as DaemonTaskDefinitionArn;
}

export function serviceArn(scope: Scope, clusterName: string, serviceName: string): ServiceArn {
  return ecsArn(scope, 'service', `${clusterName}/${serviceName}`) as ServiceArn;
}

export function taskArn(scope: Scope, clusterName: string, taskId: string): TaskArn {
  return ecsArn(scope, 'task', `${clusterName}/${taskId}`) as TaskArn;
}

export function containerInstanceArn(scope: Scope, clusterName: string, instanceId: string): ContainerInstanceArn {
  return ecsArn(scope, 'container-instance', `${clusterName}/${instanceId}`) as ContainerInstanceArn;
}

export function capacityProviderArn(scope: Scope, name: string): CapacityProviderArn {
  return ecsArn(scope, 'capacity-provider', name) as CapacityProviderArn;
}

export function containerArn(scope: Scope, clusterName: string, taskId: string, uuid: string): ContainerArn {
  return ecsArn(scope, 'container', `${clusterName}/${taskId}/${uuid}`) as ContainerArn;
}

export function attachmentArn(scope: Scope, clusterName: string, uuid: string): string {
  return ecsArn(scope, 'attachment', `${clusterName}/${uuid}`);
}

/** The ARN of the principal that owns an account. */
export function rootArn(accountId: AccountId): string {
  return `arn:aws:iam::${accountId}:root`;
}

export function newDeploymentId(ids: Ids): DeploymentId {
  return `ecs-svc/${ids.digits(19)}` as DeploymentId;
}

/** Ends with the service's cluster and name, and the number of the deployment that made the revision. */
export function serviceRevisionArn(service: ServiceArn, made: DeploymentId): ServiceRevisionArn {
  return belowService(service, 'service-revision', shortId(made)) as ServiceRevisionArn;
}

/** A new one, which ends with the service's cluster and name, and 21 characters that need no escape in an URL. */
export function newServiceDeploymentArn(service: ServiceArn, ids: Ids): ServiceDeploymentArn {
  return belowService(service, 'service-deployment', ids.from(urlSafe, 21)) as ServiceDeploymentArn;
}

/** Ends with the service's cluster and name, and the whole id: `…:task-set/<cluster>/<service>/ecs-svc/<19 digits>`. */
export function taskSetArn(service: ServiceArn, id: string): TaskSetArn {
  return belowService(service, 'task-set', id) as TaskSetArn;
}

/** Characters that need no escape in an URL. */
export const urlSafe = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function belowService(service: ServiceArn, type: EcsResourceType, id: string): string {
  return `${service.replace(':service/', `:${type}/`)}/${id}`;
}

/** An ECS ARN taken apart. `path` holds what follows the type, split at `/`. */
export interface ParsedEcsArn {
  readonly scope: Scope;
  readonly type: string;
  readonly path: readonly string[];
}

const ecsArnPattern = /^arn:aws[a-z-]*:ecs:([a-z0-9-]+):(\d{12}):([a-z-]+)\/(.+)$/;

/** Takes an ECS ARN apart; `undefined` for anything else. */
export function parseEcsArn(text: string): ParsedEcsArn | undefined {
  const match = ecsArnPattern.exec(text);
  if (match === null) return undefined;
  const [, region, accountId, type, path] = match as unknown as [string, string, string, string, string];
  return { scope: { region: region as Region, accountId: accountId as AccountId }, type, path: path.split('/') };
}

/** The last segment of an ARN: a task's or an instance's id, a cluster's or a service's name. */
export function shortId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** The cluster name inside a long-format task, service or instance ARN. */
export function clusterNameOf(arn: TaskArn | ServiceArn | ContainerInstanceArn): string {
  return parseEcsArn(arn)?.path[0] ?? '';
}

/** `family:revision` of a task definition ARN. */
export function familyRevisionOf(arn: TaskDefinitionArn): { readonly family: string; readonly revision: number } {
  const name = shortId(arn);
  const colon = name.lastIndexOf(':');
  return { family: name.slice(0, colon), revision: Number(name.slice(colon + 1)) };
}
