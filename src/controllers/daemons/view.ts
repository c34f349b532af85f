import { hasOtherThanDaemons } from '#capacity';
import {
  acceptsDaemons,
  asTaskDefinition,
  type ContainerInstance,
  type ContainerInstanceArn,
  type Daemon,
  type DaemonArn,
  type DaemonDeployment,
  type DaemonRevision,
  type Task,
  type TaskDefinition,
} from '#model';
import { type HostIndex, placementRequestOf, type Refusal, refusalOf } from '#scheduler';
import type { RoadsteadView } from '#store';

/** All that a decision about one daemon reads. */
export interface DaemonView {
  readonly daemon: Daemon;
  readonly clusterName: string;
  /** What is wanted. */
  readonly revision: DaemonRevision;
  readonly definition: TaskDefinition;
  /** The one that is not over. */
  readonly deployment?: DaemonDeployment;
  /** The daemon's tasks in order of creation, but for those that are STOPPED and counted. */
  readonly tasks: readonly Task[];
  /** Registered instances of the cluster that are of a capacity provider. */
  readonly instances: readonly ContainerInstance[];
  /** Whether the instance takes tasks of daemons: ACTIVE, its agent there. */
  accepts(instance: ContainerInstance): boolean;
  /** Whether tasks that are not of daemons hold anything of the instance. */
  hasOthers(arn: ContainerInstanceArn): boolean;
  /** Why such a task finds no room on the instance; `undefined` when it does. */
  refusal(task: Task, arn: ContainerInstanceArn): Refusal | undefined;
}

/** The view of one daemon; `undefined` when there is none of that ARN. */
export function daemonView(view: RoadsteadView, daemonArn: DaemonArn, hosts: HostIndex): DaemonView | undefined {
  const daemon = view.daemons.find(daemonArn);
  if (daemon === undefined) return undefined;
  const revision = view.daemonRevisions.get(daemon.goal.daemonRevisionArn);
  const definition = asTaskDefinition(view.daemonTaskDefinitions.get(revision.daemonTaskDefinitionArn));
  const [deployment] = view.daemonDeployments.by('open', daemonArn);
  return {
    daemon,
    clusterName: view.clusters.get(daemon.clusterArn).clusterName,
    revision,
    definition,
    ...(deployment === undefined ? {} : { deployment }),
    tasks: [...view.tasks.by('daemonOpen', daemonArn)],
    instances: [...view.containerInstances.by('cluster', daemon.clusterArn)].filter(
      ({ status, capacityProviderName }) => status !== 'INACTIVE' && capacityProviderName !== undefined,
    ),
    accepts: acceptsDaemons,
    hasOthers: (arn) => hasOtherThanDaemons(view, arn),
    refusal: (task, arn) => {
      const host = hosts.find(arn);
      if (host === undefined) return { reason: 'INACTIVE', detail: 'the instance is not registered' };
      const { awaitsDaemons: _, ...free } = host;
      return refusalOf(free, placementRequestOf({ task, definition, constraints: [], strategies: [] }, 1));
    },
  };
}
