import { elapsedMs, type Instant } from '#base';
import {
  type Cluster,
  type DaemonRevision,
  holdsResources,
  isDaemonDeploymentOver,
  isTerminal,
  revisionArnOf,
  type ServiceDeployment,
  type ServiceRevision,
  scopeKey,
} from '#model';
import type { RoadsteadTx } from '#store';
import { definitionsOf, isDefinitionOver, isOver, isTokenOver, overTasks } from './decide.ts';
import type { ReaperSettings } from './settings.ts';

export interface SweepOptions {
  readonly now: Instant;
  readonly settings: ReaperSettings;
  /** Records to delete at most. */
  readonly limit: number;
}

/** Deletes what is over, up to the limit; gives how many. */
export type Sweep = (tx: RoadsteadTx, options: SweepOptions) => number;

function deleteFirst<T>(over: readonly T[], limit: number, remove: (record: T) => void): number {
  const first = over.slice(0, limit);
  first.forEach(remove);
  return first.length;
}

/** Stopped tasks; their interfaces were given back before they stopped. */
const stoppedTasks: Sweep = (tx, { now, settings, limit }) => {
  let deleted = 0;
  const clusterArns = [...tx.tasks.values('stopped')];
  for (const clusterArn of clusterArns) {
    if (deleted >= limit) break;
    const clusterGone = tx.clusters.find(clusterArn)?.status !== 'ACTIVE';
    const over = overTasks(tx.tasks.by('stopped', clusterArn), { now, settings, clusterGone });
    deleted += deleteFirst(over, limit - deleted, ({ taskArn }) => tx.tasks.delete(taskArn));
  }
  return deleted;
};

/** INACTIVE services, each with its events and its history. */
const services: Sweep = (tx, { now, settings, limit }) => {
  const over = [...tx.services.all()].filter(
    (service) => service.status === 'INACTIVE' && isOver(service, now, settings.inactiveMs),
  );
  let deleted = 0;
  for (const { serviceArn } of over) {
    if (deleted >= limit) break;
    const events = [...tx.serviceEvents.by('service', serviceArn)];
    for (const { id } of events) tx.serviceEvents.delete(id);
    const deployments = [...tx.serviceDeployments.by('service', serviceArn)];
    for (const { serviceDeploymentArn: arn } of deployments) tx.serviceDeployments.delete(arn);
    const revisions = [...tx.serviceRevisions.by('service', serviceArn)];
    for (const { serviceRevisionArn: arn } of revisions) tx.serviceRevisions.delete(arn);
    tx.services.delete(serviceArn);
    deleted += events.length + deployments.length + revisions.length + 1;
  }
  return deleted;
};

/** Service deployments that ended long ago, but for the latest of each service. */
const serviceDeployments: Sweep = (tx, { now, settings, limit }) => {
  const old = oldest(tx.serviceDeployments.all(), now, settings.serviceHistoryMs);
  const over = old.filter(
    ({ status, serviceArn, serviceDeploymentArn }) =>
      isTerminal(status) && tx.services.find(serviceArn)?.currentServiceDeploymentArn !== serviceDeploymentArn,
  );
  return deleteFirst(over, limit, ({ serviceDeploymentArn }) => tx.serviceDeployments.delete(serviceDeploymentArn));
};

/** Revisions made long ago that no deployment runs and no service deployment tells of. */
const serviceRevisions: Sweep = (tx, { now, settings, limit }) => {
  const over = oldest(tx.serviceRevisions.all(), now, settings.serviceHistoryMs).filter((revision) => {
    const { serviceArn, serviceRevisionArn } = revision;
    const deployments = tx.services.find(serviceArn)?.deployments ?? [];
    const runs = deployments.some((deployment) => revisionArnOf(serviceArn, deployment) === serviceRevisionArn);
    return !runs && ![...tx.serviceDeployments.by('service', serviceArn)].some((record) => tellsOf(record, revision));
  });
  return deleteFirst(over, limit, ({ serviceRevisionArn }) => tx.serviceRevisions.delete(serviceRevisionArn));
};

/** The records older than that; they come in the order in which they were made. */
function oldest<R extends { readonly createdAt: Instant }>(records: Iterable<R>, now: Instant, ageMs: number): R[] {
  const old: R[] = [];
  for (const record of records) {
    if (elapsedMs(record.createdAt, now) < ageMs) break;
    old.push(record);
  }
  return old;
}

function tellsOf(record: ServiceDeployment, { serviceRevisionArn: arn }: ServiceRevision): boolean {
  const { targetServiceRevisionArn, sourceServiceRevisionArns, rollback } = record;
  return [targetServiceRevisionArn, ...sourceServiceRevisionArns, rollback?.serviceRevisionArn].includes(arn);
}

const instances: Sweep = (tx, { now, settings, limit }) => {
  const over = [...tx.containerInstances.all()].filter(
    (instance) =>
      instance.status === 'INACTIVE' &&
      isOver(instance, now, settings.inactiveMs) &&
      tx.tasks.count('host', instance.containerInstanceArn) === 0,
  );
  return deleteFirst(over, limit, (instance) => tx.containerInstances.delete(instance.containerInstanceArn));
};

/** INACTIVE clusters that nothing belongs to any longer. */
const clusters: Sweep = (tx, { now, settings, limit }) => {
  const isEmpty = ({ clusterArn }: Cluster): boolean =>
    tx.tasks.count('cluster', clusterArn) === 0 &&
    tx.services.count('cluster', clusterArn) === 0 &&
    tx.containerInstances.count('cluster', clusterArn) === 0;
  const over = [...tx.clusters.all()].filter(
    (cluster) => cluster.status === 'INACTIVE' && isOver(cluster, now, settings.inactiveMs) && isEmpty(cluster),
  );
  return deleteFirst(over, limit, (cluster) => tx.clusters.delete(cluster.clusterArn));
};

const capacityProviders: Sweep = (tx, { now, settings, limit }) => {
  const over = [...tx.capacityProviders.all()].filter(
    (provider) => provider.status === 'INACTIVE' && isOver(provider, now, settings.inactiveMs),
  );
  return deleteFirst(over, limit, ({ capacityProviderArn }) => tx.capacityProviders.delete(capacityProviderArn));
};

const taskDefinitions: Sweep = (tx, { now, settings, limit }) => {
  const asked = [...tx.taskDefinitions.all()].filter(({ status }) => status === 'DELETE_IN_PROGRESS');
  if (asked.length === 0) return 0;
  const byService = new Map<string, ReadonlySet<ReturnType<typeof definitionsOf>[number]>>();
  const usedIn = (scope: string): ReadonlySet<ReturnType<typeof definitionsOf>[number]> => {
    const known = byService.get(scope);
    if (known !== undefined) return known;
    const used = new Set([...tx.services.by('scope', scope)].flatMap(definitionsOf));
    for (const { taskDefinitionArn } of tx.taskSets.by('scope', scope)) used.add(taskDefinitionArn);
    byService.set(scope, used);
    return used;
  };
  const over = asked.filter((definition) => {
    const liveTasks = [...tx.tasks.by('taskDefinition', definition.taskDefinitionArn)].filter(holdsResources).length;
    return isDefinitionOver(definition, { liveTasks, byService: usedIn(scopeKey(definition)) }, { now, settings });
  });
  return deleteFirst(over, limit, ({ taskDefinitionArn }) => tx.taskDefinitions.delete(taskDefinitionArn));
};

/** Daemon deployments that ended long ago, but for the latest of each daemon. */
const daemonDeployments: Sweep = (tx, { now, settings, limit }) => {
  const over = oldest(tx.daemonDeployments.all(), now, settings.serviceHistoryMs).filter(
    (deployment) =>
      isDaemonDeploymentOver(deployment) &&
      tx.daemons.find(deployment.daemonArn)?.daemonDeploymentArn !== deployment.daemonDeploymentArn,
  );
  return deleteFirst(over, limit, ({ daemonDeploymentArn }) => tx.daemonDeployments.delete(daemonDeploymentArn));
};

/** Daemon revisions made long ago that no daemon runs and no deployment tells of. */
const daemonRevisions: Sweep = (tx, { now, settings, limit }) => {
  const over = oldest(tx.daemonRevisions.all(), now, settings.serviceHistoryMs).filter((revision) => {
    if (isRevisionUsed(tx, revision)) return false;
    const told = [...tx.daemonDeployments.by('daemon', revision.daemonArn)].flatMap((deployment) => [
      deployment.target?.daemonRevisionArn,
      deployment.source?.daemonRevisionArn,
    ]);
    return !told.includes(revision.daemonRevisionArn);
  });
  return deleteFirst(over, limit, ({ daemonRevisionArn }) => tx.daemonRevisions.delete(daemonRevisionArn));
};

/** Whether a daemon runs the revision, wants it, or may go back to it. */
function isRevisionUsed(tx: RoadsteadTx, { daemonArn, daemonRevisionArn }: DaemonRevision): boolean {
  const daemon = tx.daemons.find(daemonArn);
  if (daemon === undefined) return false;
  const goals = [daemon.goal, daemon.completed].map((goal) => goal?.daemonRevisionArn);
  if (goals.includes(daemonRevisionArn)) return true;
  return [...tx.tasks.by('daemonOpen', daemonArn)].some((task) => task.daemonRevisionArn === daemonRevisionArn);
}

/** Daemon task definitions asked to be deleted turn DELETED when no daemon refers to them, and go some time later. */
const daemonTaskDefinitions: Sweep = (tx, { now, settings, limit }) => {
  const asked = [...tx.daemonTaskDefinitions.by('deleted', 'DELETE_IN_PROGRESS')].filter(
    ({ daemonTaskDefinitionArn: arn }) =>
      ![...tx.daemonRevisions.by('taskDefinition', arn)].some((revision) => isRevisionUsed(tx, revision)),
  );
  const marked = deleteFirst(asked, limit, (definition) =>
    tx.daemonTaskDefinitions.put({ ...definition, status: 'DELETED', deletedAt: now }),
  );
  const over = [...tx.daemonTaskDefinitions.by('deleted', 'DELETED')].filter(
    ({ deletedAt }) => deletedAt !== undefined && elapsedMs(deletedAt, now) >= settings.inactiveMs,
  );
  const deleted = deleteFirst(over, limit - marked, ({ daemonTaskDefinitionArn }) =>
    tx.daemonTaskDefinitions.delete(daemonTaskDefinitionArn),
  );
  return marked + deleted;
};

const clientTokens: Sweep = (tx, { now, limit }) => {
  const over = [...tx.clientTokens.all()].filter((token) => isTokenOver(token, now));
  return deleteFirst(over, limit, (token) => tx.clientTokens.delete(`${scopeKey(token)}/${token.token}`));
};

/** What became of requests to Cloud Map, after a day. */
const discoveryOperations: Sweep = (tx, { now, settings, limit }) =>
  deleteFirst(oldest(tx.discoveryOperations.all(), now, settings.discoveryOperationMs), limit, ({ operationId }) =>
    tx.discoveryOperations.delete(operationId),
  );

/** Changes of DNS, after a day. */
const dnsChanges: Sweep = (tx, { now, settings, limit }) =>
  deleteFirst(oldest(tx.dnsChanges.all(), now, settings.dnsChangeMs), limit, ({ changeId }) =>
    tx.dnsChanges.delete(changeId),
  );

/** Deployments of CodeDeploy, as the history of services. */
const codeDeployDeployments: Sweep = (tx, { now, settings, limit }) => {
  const over = oldest(tx.codeDeployDeployments.by('over', 'yes'), now, settings.serviceHistoryMs);
  return deleteFirst(over, limit, ({ deploymentId }) => tx.codeDeployDeployments.delete(deploymentId));
};

/** By key of the reaper. */
export const sweeps: ReadonlyMap<string, Sweep> = new Map([
  ['tasks', stoppedTasks],
  ['services', services],
  ['service-deployments', serviceDeployments],
  ['service-revisions', serviceRevisions],
  ['container-instances', instances],
  ['clusters', clusters],
  ['capacity-providers', capacityProviders],
  ['task-definitions', taskDefinitions],
  ['daemon-deployments', daemonDeployments],
  ['daemon-revisions', daemonRevisions],
  ['daemon-task-definitions', daemonTaskDefinitions],
  ['client-tokens', clientTokens],
  ['discovery-operations', discoveryOperations],
  ['code-deploy-deployments', codeDeployDeployments],
  ['dns-changes', dnsChanges],
]);
