import type * as client from '@aws-sdk/client-ecs';
import {
  type Certificate,
  type CertificateArn,
  type Cluster,
  type ExpressResources,
  expressTag,
  logGroupKey,
  type Service,
  type ServiceLoadBalancer,
  serviceArn,
  type Tag,
} from '#model';
import type { SealedCertificate } from '#pki';
import type { RoadsteadTx } from '#store';
import type { InputOf } from '#wire/aws';
import type { OperationContext } from '../../operation.ts';
import { withProviders } from '../capacity-provider/association.ts';
import { requireClusterQuota } from '../cluster/quota.ts';
import { resolveCluster } from '../cluster/resolve.ts';
import { clusterArnFrom, clusterNameFrom, defaultClusterName } from '../references.ts';
import { deploy, forgetHistory } from '../service/deployment.ts';
import { requireNameFree, requireServiceQuota } from '../service/room.ts';
import { effectiveSetting } from '../settings/effective.ts';
import { requestDigest } from '../task/idempotency.ts';
import { checkedNetwork } from '../task/network.ts';
import { defaultStreamPrefix, mainOf, newDefinition } from './definition.ts';
import { putIngress } from './ingress.ts';
import { familyOf, logGroupOf } from './names.ts';
import { networkOf, tasksNetwork } from './network.ts';
import type { FoundExpress } from './references.ts';
import { scalingAfter } from './scaling.ts';

export interface WantedExpress {
  readonly input: InputOf<typeof client, 'CreateExpressGatewayService'>;
  readonly id: string;
  readonly serviceName: string;
  readonly endpoint: string;
  readonly tags: readonly Tag[];
  readonly certificate: { readonly certificateArn: CertificateArn; readonly sealed: SealedCertificate };
}

/** Where ECS asks the tasks how they are when nobody says otherwise. Source: CreateExpressGatewayService. */
const defaultHealthCheckPath = '/ping';

/** Source: "Updating an Amazon ECS Express Mode service". */
const deploymentConfiguration = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentCircuitBreaker: { enable: true, rollback: true },
  strategy: 'CANARY',
  canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 3 },
  bakeTimeInMinutes: 3,
} as const satisfies Service['deploymentConfiguration'];

/** Stores the service, begun, with all that it needs. */
export function createdExpress(tx: RoadsteadTx, wanted: WantedExpress, ctx: OperationContext): FoundExpress {
  const { input, serviceName, endpoint, id } = wanted;
  const cluster = clusterFor(tx, input.cluster, ctx);
  const arn = serviceArn(ctx.scope, cluster.clusterName, serviceName);
  const digest = requestDigest({ ...input });
  requireNameFree(tx, arn, { requestDigest: digest });
  requireServiceQuota(tx, cluster, ctx);
  const made = [...wanted.tags.filter(({ key }) => key !== expressTag.key), expressTag];
  const network = networkOf(tx, input.networkConfiguration, ctx);
  const logs = putLogGroup(tx, wanted, cluster, made, ctx);
  const family = familyOf(cluster.clusterName, serviceName);
  const definition = newDefinition(tx, input, { family, logs, tags: made }, ctx);
  const { port } = mainOf(definition);
  const healthCheckPath = input.healthCheckPath ?? defaultHealthCheckPath;
  const { certificateArn } = putCertificate(tx, wanted, made, ctx);
  const ingress = putIngress(tx, { id, endpoint, certificateArn, port, healthCheckPath, network, tags: made }, ctx);
  const own = input.taskDefinitionArn !== undefined || input.primaryContainer?.awsLogsConfiguration !== undefined;
  const resources: ExpressResources = { ...ingress, ...(own ? {} : { logGroupName: logs.logGroup }) };
  const networkConfiguration = tasksNetwork(network, ingress.serviceGroupId);
  checkedNetwork(tx, ctx.scope, ctx.ids, { definition, launchType: 'FARGATE', configuration: networkConfiguration });
  const scalingTarget = scalingAfter(input.scalingTarget);
  const service: FoundExpress = {
    ...ctx.scope,
    serviceArn: arn,
    serviceName,
    clusterArn: cluster.clusterArn,
    status: 'ACTIVE',
    taskDefinitionArn: definition.taskDefinitionArn,
    desiredCount: scalingTarget.minTaskCount,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    schedulingStrategy: 'REPLICA',
    deploymentConfiguration,
    placementConstraints: [],
    placementStrategy: [],
    networkConfiguration,
    loadBalancers: [loadBalancerOf(ingress, port, input.infrastructureRoleArn)],
    healthCheckGracePeriodSeconds: 0,
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    availabilityZoneRebalancing: 'ENABLED',
    deploymentControllerGiven: false,
    createdAt: ctx.now,
    createdBy: ctx.principal.arn,
    tags: wanted.tags,
    requestDigest: digest,
    deployments: [],
    express: {
      infrastructureRoleArn: input.infrastructureRoleArn,
      endpoint,
      accessType: network.isPublic ? 'PUBLIC' : 'PRIVATE',
      healthCheckPath,
      scalingTarget,
      updatedAt: ctx.now,
      resources,
    },
  };
  forgetHistory(tx, service);
  return deploy(tx, service, definition, ctx) as FoundExpress;
}

/** The cluster that was named. `default` is made when it is missing, with Fargate's capacity provider. */
function clusterFor(tx: RoadsteadTx, reference: string | undefined, ctx: OperationContext): Cluster {
  const arn = clusterArnFrom(ctx.scope, reference);
  const isDefault = clusterNameFrom(ctx.scope, reference) === defaultClusterName;
  if (!isDefault || tx.clusters.find(arn)?.status === 'ACTIVE') return resolveCluster(tx, ctx.scope, reference);
  requireClusterQuota(tx, ctx);
  const insights = effectiveSetting(tx, ctx.scope, ctx.principal.arn, 'containerInsights');
  const plain: Cluster = {
    ...ctx.scope,
    clusterArn: arn,
    clusterName: defaultClusterName,
    status: 'ACTIVE',
    settings: [{ name: 'containerInsights', value: insights }],
    tags: [],
    createdAt: ctx.now,
  };
  const cluster = withProviders(tx, plain, { providers: ['FARGATE'], strategy: [] }, ctx);
  tx.clusters.put(cluster);
  return cluster;
}

/** The log group that the containers write to; one that is not there yet is made. */
function putLogGroup(
  tx: RoadsteadTx,
  { input, serviceName, id }: WantedExpress,
  { clusterName }: Cluster,
  tags: readonly Tag[],
  { scope, ids, now }: OperationContext,
): { readonly logGroup: string; readonly logStreamPrefix: string } {
  const logs = input.primaryContainer?.awsLogsConfiguration ?? {
    logGroup: logGroupOf(clusterName, serviceName, id),
    logStreamPrefix: defaultStreamPrefix,
  };
  const { logGroup: logGroupName } = logs;
  if (input.taskDefinitionArn !== undefined || tx.logGroups.has(logGroupKey(scope, logGroupName))) return logs;
  tx.logGroups.put({ ...scope, logGroupName, id: ids.hex(32), logGroupClass: 'STANDARD', tags, createdAt: now });
  return logs;
}

function putCertificate(
  tx: RoadsteadTx,
  { endpoint, certificate: { certificateArn, sealed } }: WantedExpress,
  tags: readonly Tag[],
  ctx: OperationContext,
): Certificate {
  const certificate: Certificate = {
    ...ctx.scope,
    certificateArn,
    domainName: endpoint,
    subjectAlternativeNames: [endpoint],
    type: 'AMAZON_ISSUED',
    keyAlgorithm: 'EC_prime256v1',
    ...sealed,
    validationMethod: 'DNS',
    transparencyLogging: true,
    exportable: false,
    tags,
    createdAt: ctx.now,
  };
  tx.certificates.put(certificate);
  return certificate;
}

function loadBalancerOf(
  { targetGroupArns: [targetGroupArn, alternateTargetGroupArn], ruleArn }: Omit<ExpressResources, 'logGroupName'>,
  containerPort: number,
  roleArn: string,
): ServiceLoadBalancer {
  const advancedConfiguration = { alternateTargetGroupArn, productionListenerRule: ruleArn, roleArn };
  return { targetGroupArn, containerName: 'Main', containerPort, advancedConfiguration };
}
