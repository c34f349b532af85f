import {
  capacityProviderArn,
  type Daemon,
  type DaemonDeployment,
  type DaemonGoal,
  type DaemonProviderCounts,
  type DaemonRevision,
  daemonCounts,
  isDaemonDeploymentOver,
  type Scope,
} from '#model';
import type { RoadsteadView } from '#store';
import { deploymentFigures } from './deploy.ts';

/** What CreateDaemon, UpdateDaemon and DeleteDaemon answer. */
export function presentDaemonBrief({ daemonArn, status, createdAt, daemonDeploymentArn: deploymentArn }: Daemon) {
  return { daemonArn, status, createdAt, deploymentArn };
}

/** A line of ListDaemons. */
export function presentDaemonSummary({ daemonArn, status, createdAt, updatedAt }: Daemon) {
  return { daemonArn, status, createdAt, updatedAt };
}

/** A daemon with each revision of which there are tasks, and the one that is wanted. */
export function presentDaemon(view: RoadsteadView, daemon: Daemon) {
  const instances = [...view.containerInstances.by('cluster', daemon.clusterArn)];
  const tasks = [...view.tasks.by('daemonOpen', daemon.daemonArn)].filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const { daemonRevisionArn: wanted, capacityProviders } = daemon.goal;
  const arns = new Set([
    ...(daemon.status === 'ACTIVE' ? [wanted] : []),
    ...tasks.flatMap((task) => task.daemonRevisionArn ?? []),
  ]);
  return {
    daemonArn: daemon.daemonArn,
    clusterArn: daemon.clusterArn,
    status: daemon.status,
    currentRevisions: [...arns].map((arn) => {
      const counts = daemonCounts({ daemonRevisionArn: arn, capacityProviders }, instances, tasks);
      const without = (each: DaemonProviderCounts): number => (arn === wanted ? each.without : 0);
      return {
        arn,
        capacityProviders: counts.map((each) => ({
          arn: capacityProviderArn(daemon, each.capacityProvider),
          runningCount: each.running,
          withoutDaemonCount: without(each),
        })),
        totalRunningCount: sumOf(counts, ({ running }) => running),
        totalWithoutDaemonCount: sumOf(counts, without),
      };
    }),
    deploymentArn: daemon.daemonDeploymentArn,
    createdAt: daemon.createdAt,
    updatedAt: daemon.updatedAt,
  };
}

/** A revision. Its images are those that its tasks were last seen with. */
export function presentDaemonRevision(view: RoadsteadView, revision: DaemonRevision) {
  const { accountId: _account, region: _region, ...shown } = revision;
  const definition = view.daemonTaskDefinitions.find(revision.daemonTaskDefinitionArn);
  const tasks = [...view.tasks.by('daemon', revision.daemonArn)].filter(
    (task) => task.daemonRevisionArn === revision.daemonRevisionArn,
  );
  const digestOf = (name: string | undefined): string | undefined =>
    tasks.flatMap(({ containers }) => containers.find((each) => each.name === name)?.imageDigest ?? []).at(-1);
  return {
    ...shown,
    containerImages: (definition?.containerDefinitions ?? []).map(({ name, image }) => {
      const imageDigest = digestOf(name);
      return { containerName: name, image, ...(imageDigest === undefined ? {} : { imageDigest }) };
    }),
  };
}

/** A line of ListDaemonDeployments. */
export function presentDaemonDeploymentSummary(deployment: DaemonDeployment) {
  const { daemonDeploymentArn, daemonArn, clusterArn, status, statusReason, target, createdAt } = deployment;
  return {
    daemonDeploymentArn,
    daemonArn,
    clusterArn,
    status,
    ...(statusReason === undefined ? {} : { statusReason }),
    ...(target === undefined ? {} : { targetDaemonRevisionArn: target.daemonRevisionArn }),
    createdAt,
    ...moments(deployment),
  };
}

/** A deployment. Source: "DaemonDeployment" in the API reference. */
export function presentDaemonDeployment(view: RoadsteadView, deployment: DaemonDeployment) {
  const { daemonDeploymentArn, clusterArn, status, statusReason, target, source, createdAt } = deployment;
  const figures = deploymentFigures(view, deployment);
  return {
    daemonDeploymentArn,
    clusterArn,
    status,
    ...(statusReason === undefined ? {} : { statusReason }),
    ...(target === undefined ? {} : { targetDaemonRevision: presentShare(deployment, target, figures.target) }),
    sourceDaemonRevisions: source === undefined ? [] : [presentShare(deployment, source, figures.source)],
    circuitBreaker: {
      failureCount: deployment.failureCount,
      status: breakerStatus(deployment),
      ...(deployment.threshold === undefined ? {} : { threshold: deployment.threshold }),
    },
    ...presentAlarms(deployment),
    ...presentRollback(deployment),
    deploymentConfiguration: presentConfiguration(deployment),
    createdAt,
    ...moments(deployment),
  };
}

function presentShare(scope: Scope, { daemonRevisionArn: arn }: DaemonGoal, counts: readonly DaemonProviderCounts[]) {
  return {
    arn,
    capacityProviders: counts.map((each) => ({
      arn: capacityProviderArn(scope, each.capacityProvider),
      runningInstanceCount: each.running,
      withoutDaemonInstanceCount: each.without,
      drainingInstanceCount: each.draining,
    })),
    totalRunningInstanceCount: sumOf(counts, ({ running }) => running),
    totalWithoutDaemonInstanceCount: sumOf(counts, ({ without }) => without),
    totalDrainingInstanceCount: sumOf(counts, ({ draining }) => draining),
  };
}

function breakerStatus(deployment: DaemonDeployment) {
  if (deployment.breakerTriggered === true) return 'TRIGGERED' as const;
  return isDaemonDeploymentOver(deployment) ? ('MONITORING_COMPLETE' as const) : ('MONITORING' as const);
}

function presentAlarms(deployment: DaemonDeployment) {
  const { alarms } = deployment.configuration;
  if (alarms === undefined) return {};
  const triggered = deployment.triggeredAlarmNames ?? [];
  const over = isDaemonDeploymentOver(deployment) ? ('MONITORING_COMPLETE' as const) : ('MONITORING' as const);
  const watched = alarms.enable && deployment.alarmsWatched !== false ? over : ('DISABLED' as const);
  const status = triggered.length > 0 ? ('TRIGGERED' as const) : watched;
  return { alarms: { status, alarmNames: [...alarms.alarmNames], triggeredAlarmNames: [...triggered] } };
}

function presentRollback(deployment: DaemonDeployment) {
  const { rollback } = deployment;
  if (rollback === undefined) return {};
  return {
    rollback: {
      reason: rollback.reason,
      startedAt: rollback.startedAt,
      rollbackTargetDaemonRevisionArn: rollback.daemonRevisionArn,
      rollbackCapacityProviders: rollback.capacityProviders.map((name) => capacityProviderArn(deployment, name)),
    },
  };
}

function presentConfiguration({ configuration }: DaemonDeployment) {
  const { drainPercent, bakeTimeInMinutes, alarms } = configuration;
  const shown = alarms === undefined ? undefined : { alarmNames: [...alarms.alarmNames], enable: alarms.enable };
  return { drainPercent, bakeTimeInMinutes, ...(shown === undefined ? {} : { alarms: shown }) };
}

function moments({ startedAt, stoppedAt, finishedAt }: DaemonDeployment) {
  return {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

function sumOf(counts: readonly DaemonProviderCounts[], number: (each: DaemonProviderCounts) => number): number {
  return counts.reduce((sum, each) => sum + number(each), 0);
}
