import {
  figuresOf,
  type RevisionCounts,
  type Service,
  type ServiceDeployment,
  type ServiceRevision,
  type ServiceRevisionArn,
  type TasksByDeployment,
} from '#model';
import { presentConnect } from '../service/networking/connect-settings.ts';
import { presentDeploymentConfiguration } from '../service/present.ts';
import {
  computeMembers,
  presentLoadBalancers,
  presentNetwork,
  presentPlatform,
  presentRegistries,
} from '../service/present-settings.ts';
import { presentVolumes } from '../service/present-volumes.ts';
import { presentRelease, presentWeights, sourceWeights } from './present-release.ts';

/** A service deployment as DescribeServiceDeployments shows it: live while it runs, as it ended afterwards. */
export function presentServiceDeployment(record: ServiceDeployment, service: Service, tasks: TasksByDeployment) {
  const { sources, target, deploymentConfiguration, circuitBreaker, alarms } = figuresOf(record, service, tasks);
  const { startedAt, finishedAt, stoppedAt, statusReason, rollback, stage } = record;
  return {
    serviceDeploymentArn: record.serviceDeploymentArn,
    serviceArn: record.serviceArn,
    clusterArn: record.clusterArn,
    createdAt: record.createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    updatedAt: record.updatedAt,
    sourceServiceRevisions: record.sourceServiceRevisionArns.map((arn, index) => ({
      ...summary(arn, sources[index]),
      ...(stage === undefined ? {} : presentWeights(sourceWeights(stage, arn === stage.sourceRevisionArn))),
    })),
    targetServiceRevision: {
      ...summary(record.targetServiceRevisionArn, target),
      ...(stage === undefined ? {} : presentWeights(stage.weights)),
    },
    status: record.status,
    ...(statusReason === undefined ? {} : { statusReason }),
    deploymentConfiguration: presentDeploymentConfiguration(deploymentConfiguration),
    ...presentRelease(record),
    ...(rollback === undefined ? {} : { rollback }),
    deploymentCircuitBreaker: circuitBreaker,
    alarms: {
      status: alarms.status,
      ...(alarms.alarmNames.length === 0 ? {} : { alarmNames: [...alarms.alarmNames] }),
      ...(alarms.triggeredAlarmNames.length === 0 ? {} : { triggeredAlarmNames: [...alarms.triggeredAlarmNames] }),
    },
  };
}

function summary(arn: ServiceRevisionArn, counts: RevisionCounts | undefined) {
  return { arn, ...counts };
}

/** A service deployment as ListServiceDeployments shows it. */
export function presentServiceDeploymentBrief(record: ServiceDeployment) {
  const { startedAt, finishedAt, statusReason } = record;
  return {
    serviceDeploymentArn: record.serviceDeploymentArn,
    serviceArn: record.serviceArn,
    clusterArn: record.clusterArn,
    ...(startedAt === undefined ? {} : { startedAt }),
    createdAt: record.createdAt,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    targetServiceRevisionArn: record.targetServiceRevisionArn,
    status: record.status,
    ...(statusReason === undefined ? {} : { statusReason }),
  };
}

/** Resources are shown of deployments alone. */
function presentRevisionConnect({ serviceConnectConfiguration }: ServiceRevision) {
  return serviceConnectConfiguration === undefined ? {} : presentConnect({ serviceConnectConfiguration });
}

/** A service revision as DescribeServiceRevisions shows it. */
export function presentServiceRevision(revision: ServiceRevision) {
  const { resolvedLoadBalancers: resolved } = revision;
  return {
    serviceRevisionArn: revision.serviceRevisionArn,
    serviceArn: revision.serviceArn,
    clusterArn: revision.clusterArn,
    taskDefinition: revision.taskDefinitionArn,
    ...computeMembers(revision),
    ...presentPlatform(revision.platformVersion),
    loadBalancers: presentLoadBalancers(revision.loadBalancers),
    serviceRegistries: presentRegistries(revision),
    ...presentNetwork(revision.networkConfiguration),
    ...presentVolumes(revision.volumeConfigurations),
    ...presentRevisionConnect(revision),
    containerImages: revision.containerImages.map((image) => ({ ...image })),
    guardDutyEnabled: false,
    ...(resolved === undefined
      ? {}
      : { resolvedConfiguration: { loadBalancers: resolved.map((each) => ({ ...each })) } }),
    createdAt: revision.createdAt,
  };
}
