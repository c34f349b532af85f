import {
  type ClusterArn,
  type ContainerInstance,
  type ContainerInstanceArn,
  holdsInterface,
  holdsResources,
  type LaunchType,
  type Task,
} from '#model';
import type { HostLoads } from '../host-view.ts';
import { maxParsedExpressions } from '../limits.ts';
import { QueryCache } from '../query/query.ts';
import type { HostView } from '../types.ts';
import { HostPool } from './host-pool.ts';

const fargatePool = 'fargate';

/**
 * Every host, in the pool of its cluster or the Fargate pool. It is a projection of the store: `apply` only notes what
 * changed, so the exchanged change undoes it.
 */
export class HostIndex {
  readonly tables = ['containerInstances', 'tasks'] as const;
  readonly #loads: HostLoads;
  readonly #pools = new Map<string, HostPool>();
  readonly #poolOf = new Map<ContainerInstanceArn, HostPool>();
  readonly #queries = new QueryCache({ capacity: maxParsedExpressions });
  readonly #nowhere: HostPool;

  /** `loads` are the totals of the same store; what they say is read when placement asks. */
  constructor(loads: HostLoads) {
    this.#loads = loads;
    this.#nowhere = new HostPool(loads, this.#queries.parse);
  }

  /** The hosts that tasks of a launch type may be placed on: the cluster's own, or for Fargate the platform's pool. */
  pool(clusterArn: ClusterArn, launchType: LaunchType): HostPool {
    return this.#pools.get(launchType === 'FARGATE' ? fargatePool : clusterArn) ?? this.#nowhere;
  }

  /** A host as it is; `undefined` when there is none of that ARN, or it is INACTIVE. Good until the next change. */
  find(arn: ContainerInstanceArn): HostView | undefined {
    return this.#poolOf.get(arn)?.find(arn);
  }

  apply(change: { readonly table: string; readonly before: unknown; readonly after: unknown }): void {
    if (change.table === 'tasks') {
      this.#applyTask(change.before as Task | undefined, change.after as Task | undefined);
    } else {
      this.#applyInstance(
        change.before as ContainerInstance | undefined,
        change.after as ContainerInstance | undefined,
      );
    }
  }

  #applyInstance(before: ContainerInstance | undefined, after: ContainerInstance | undefined): void {
    if (before !== undefined && after !== undefined && looksTheSame(before, after)) {
      this.#poolOf.get(after.containerInstanceArn)?.replace(after);
      return;
    }
    if (before !== undefined && before.status !== 'INACTIVE') {
      const { containerInstanceArn } = before;
      this.#poolOf.get(containerInstanceArn)?.remove(containerInstanceArn);
      this.#poolOf.delete(containerInstanceArn);
      this.#forget(before.pool ?? before.clusterArn);
    }
    if (after !== undefined && after.status !== 'INACTIVE') {
      const pool = this.#open(after.pool ?? after.clusterArn);
      pool.add(after);
      this.#poolOf.set(after.containerInstanceArn, pool);
    }
  }

  #applyTask(before: Task | undefined, after: Task | undefined): void {
    if (before !== undefined && after !== undefined && weighsTheSame(before, after)) return;
    if (before !== undefined) this.#countTask(before, -1);
    if (after !== undefined) this.#countTask(after, 1);
  }

  #countTask(task: Task, amount: 1 | -1): void {
    if (task.hostArn === undefined || !holdsResources(task)) return;
    const key = task.launchType === 'FARGATE' ? fargatePool : task.clusterArn;
    this.#open(key).countTasks(task.group, task.hostArn, amount);
    this.#poolOf.get(task.hostArn)?.touch(task.hostArn);
    this.#forget(key);
  }

  #open(key: string): HostPool {
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new HostPool(this.#loads, this.#queries.parse);
      this.#pools.set(key, pool);
    }
    return pool;
  }

  #forget(key: string): void {
    if (this.#pools.get(key)?.isEmpty === true) this.#pools.delete(key);
  }
}

/** Whether placement sees no difference between two versions of an instance: most only count a version on. */
function looksTheSame(before: ContainerInstance, after: ContainerInstance): boolean {
  return (
    before.status === after.status &&
    before.agentConnected === after.agentConnected &&
    before.awaitsDaemons === after.awaitsDaemons &&
    before.lostAt === after.lostAt &&
    before.resources === after.resources &&
    before.attributes === after.attributes &&
    before.versionInfo === after.versionInfo &&
    before.capacityProviderName === after.capacityProviderName &&
    before.ec2InstanceId === after.ec2InstanceId &&
    before.registeredAt === after.registeredAt
  );
}

/** Whether placement sees no difference between two versions of a task. */
function weighsTheSame(before: Task, after: Task): boolean {
  return (
    before.hostArn === after.hostArn &&
    before.lastStatus === after.lastStatus &&
    before.desiredStatus === after.desiredStatus &&
    before.reserves === after.reserves &&
    holdsInterface(before) === holdsInterface(after) &&
    before.group === after.group
  );
}
