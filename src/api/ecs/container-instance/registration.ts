import type { Instant } from '#base';
import {
  attributeValue,
  type Cluster,
  type ContainerInstance,
  type ContainerInstanceArn,
  containerInstanceArn,
  type InstanceAttribute,
  type InstanceResources,
  parseEcsArn,
  platformAccountId,
  type Scope,
  type Tag,
  trunkAttribute,
} from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../../operation.ts';
import { requireClusterQuota } from '../cluster/quota.ts';
import { resolveCluster } from '../cluster/resolve.ts';
import { clientError, clusterNotFound } from '../errors.ts';
import { clusterArnFrom, clusterNameFrom, defaultClusterName } from '../references.ts';
import { effectiveSetting } from '../settings/effective.ts';
import { attributesAfter, externalAttribute, poolAttribute } from './attributes.ts';
import { type InstanceIdentity, instanceIdFor } from './identity.ts';
import { getsTrunk } from './trunk.ts';

/** A checked RegisterContainerInstance request, with all that a first registration needs. */
export interface Registration {
  readonly cluster: string | undefined;
  /** Set when the agent registered before. */
  readonly containerInstanceArn: ContainerInstanceArn | undefined;
  /** The id of the instance if it is a new one: 32 hexadecimal characters. */
  readonly newId: string;
  readonly identity: InstanceIdentity;
  readonly resources: InstanceResources;
  readonly attributes: readonly InstanceAttribute[];
  readonly versionInfo: ContainerInstance['versionInfo'];
  readonly tags: readonly Tag[];
  readonly clientToken: string | undefined;
  readonly at: Instant;
}

/**
 * The cluster of a registration. `default` is made when its first instance registers. A deleted one is not brought back
 * this way: it is not found either, by which words ECS's agent knows that it is to create its cluster. Observed.
 */
export function registrationCluster(tx: RoadsteadTx, reference: string | undefined, ctx: OperationContext): Cluster {
  const { scope } = ctx;
  const arn = clusterArnFrom(scope, reference);
  if (tx.clusters.has(arn) || clusterNameFrom(scope, reference) !== defaultClusterName) {
    if (tx.clusters.find(arn)?.status === 'INACTIVE') throw clusterNotFound();
    return resolveCluster(tx, scope, reference);
  }
  requireClusterQuota(tx, ctx);
  const insights = effectiveSetting(tx, scope, ctx.principal.arn, 'containerInsights');
  const created: Cluster = {
    ...scope,
    clusterArn: arn,
    clusterName: defaultClusterName,
    status: 'ACTIVE',
    settings: [{ name: 'containerInsights', value: insights }],
    tags: [],
    createdAt: ctx.now,
  };
  tx.clusters.put(created);
  return created;
}

/** The record of an instance that registers for the first time. */
export function newInstance(
  tx: RoadsteadTx,
  cluster: Cluster,
  registration: Registration,
  ctx: OperationContext,
): ContainerInstance {
  const { scope } = ctx;
  const { attributes: sent, identity } = registration;
  const external = sent.some((attribute) => attribute.name === externalAttribute);
  return {
    ...scope,
    containerInstanceArn: containerInstanceArn(scope, cluster.clusterName, registration.newId),
    clusterArn: cluster.clusterArn,
    ec2InstanceId: instanceIdFor(identity, external, ctx.ids),
    ...(poolOf(scope, sent) === undefined ? {} : { pool: 'fargate' }),
    status: 'ACTIVE',
    resources: registration.resources,
    attributes: [...attributesAfter([], sent, identity, defaultZone(scope)), ...trunkOf(tx, registration, ctx)],
    versionInfo: registration.versionInfo,
    registeredAt: registration.at,
    ...(registration.clientToken === undefined ? {} : { clientToken: registration.clientToken }),
    tags: registration.tags,
    agentConnected: false,
    version: 1,
  };
}

/**
 * The instance after its agent registered again: resources, capabilities and versions are refreshed; custom attributes,
 * tags and everything else stay. Nothing new gives the same object back. ClientException when the host is of another
 * type now.
 */
export function renewedInstance(instance: ContainerInstance, registration: Registration): ContainerInstance {
  const { attributes: sent, identity } = registration;
  poolOf(instance, sent);
  const before = attributeValue(instance, 'ecs.instance-type');
  const now = identity.instanceType;
  if (before !== undefined && now !== undefined && before !== now) {
    throw clientError(
      `Container instance type changes are not supported. Container instance ${instance.containerInstanceArn} was previously registered as ${before}.`,
    );
  }
  const renewed = {
    resources: registration.resources,
    attributes: attributesAfter(instance.attributes, sent, identity, defaultZone(instance)),
    versionInfo: { ...instance.versionInfo, ...registration.versionInfo },
  };
  const { resources, attributes, versionInfo } = instance;
  if (sameContent(renewed, { resources, attributes, versionInfo })) return instance;
  return { ...instance, ...renewed, version: instance.version + 1 };
}

/** The instance an agent says it registered as. ClientException when it is unknown, or was deregistered. */
export function registeredInstance(tx: RoadsteadTx, scope: Scope, arn: ContainerInstanceArn): ContainerInstance {
  const instance = tx.containerInstances.find(arn);
  if (instance === undefined || parseEcsArn(arn)?.scope.accountId !== scope.accountId) {
    throw clientError('The referenced container instance was not found.');
  }
  if (instance.status === 'INACTIVE') throw clientError('The referenced container instance was inactive.');
  return instance;
}

/** LimitExceededException, on which agents wait and try again, when the cluster has no room for one more. */
export function requireRoom(tx: RoadsteadTx, cluster: Cluster, ctx: OperationContext): void {
  const limit = ctx.settings.quotas.containerInstancesPerCluster;
  if (tx.containerInstances.count('cluster', cluster.clusterArn) < limit) return;
  let registered = 0;
  for (const instance of tx.containerInstances.by('cluster', cluster.clusterArn)) {
    if (instance.status !== 'INACTIVE') registered++;
  }
  if (registered >= limit) {
    throw new ApiError('LimitExceededException', `The cluster has reached its limit of ${limit} container instances.`);
  }
}

/** The trunk interface of a new instance, if it gets one. */
function trunkOf(tx: RoadsteadTx, registration: Registration, ctx: OperationContext): InstanceAttribute[] {
  const wanted = effectiveSetting(tx, ctx.scope, ctx.principal.arn, 'awsvpcTrunking') === 'enabled';
  return wanted && getsTrunk(registration) ? [{ name: trunkAttribute, value: `eni-${ctx.ids.hex(17)}` }] : [];
}

/** The pool the attributes name. Only the platform's own hosts may be in one. */
function poolOf(scope: Scope, sent: readonly InstanceAttribute[]): 'fargate' | undefined {
  const pool = sent.find((attribute) => attribute.name === poolAttribute);
  if (pool === undefined) return undefined;
  if (scope.accountId !== platformAccountId) {
    throw clientError(`The attribute ${poolAttribute} is reserved for hosts of the platform's own account.`);
  }
  if (pool.value !== 'fargate') throw clientError(`The attribute ${poolAttribute} must have the value fargate.`);
  return 'fargate';
}

/** A host that names no zone is in the region's first. */
function defaultZone(scope: Scope): string {
  return `${scope.region}a`;
}

/** Attributes are compared without their order. */
function sameContent(a: Renewable, b: Renewable): boolean {
  const text = ({ attributes, resources, versionInfo }: Renewable): string => {
    const pairs = attributes.map(({ name, value }) => `${name}=${value ?? ''}`).sort();
    const { agentVersion, agentHash, dockerVersion } = versionInfo;
    return JSON.stringify([resources, agentVersion, agentHash, dockerVersion, pairs]);
  };
  return text(a) === text(b);
}

type Renewable = Pick<ContainerInstance, 'resources' | 'attributes' | 'versionInfo'>;
