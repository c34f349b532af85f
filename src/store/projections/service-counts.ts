import { type DeploymentId, holdsResources, isPending, isRunning, type ServiceArn, type Task } from '#model';
import type { RoadsteadSchema } from '../schema.ts';
import type { Projection } from '../types.ts';

/** Tasks of one deployment. */
export interface DeploymentCount {
  readonly running: number;
  readonly pending: number;
  /** All that are not STOPPED yet, those on their way out too. */
  readonly total: number;
}

/** Tasks of one service: `runningCount` and `pendingCount` of DescribeServices. */
export interface ServiceCount {
  readonly running: number;
  readonly pending: number;
  /** Only deployments that have tasks that are not STOPPED. */
  readonly byDeployment: ReadonlyMap<DeploymentId, DeploymentCount>;
}

interface MutableCount {
  tasks: number;
  running: number;
  pending: number;
  readonly byDeployment: Map<DeploymentId, { running: number; pending: number; total: number }>;
}

const noTasks: ServiceCount = { running: 0, pending: 0, byDeployment: new Map() };

/** The task counts of every service. */
export class ServiceCounts implements Projection<RoadsteadSchema> {
  readonly tables = ['tasks'] as const;
  readonly #counts = new Map<string, MutableCount>();

  /** Changes in place with later commits: take what you need at once. */
  of(serviceArn: ServiceArn): ServiceCount {
    return this.#counts.get(serviceArn) ?? noTasks;
  }

  apply(change: { readonly before: unknown; readonly after: unknown }): void {
    const before = change.before as Task | undefined;
    const after = change.after as Task | undefined;
    if (before !== undefined && after !== undefined && countsTheSame(before, after)) return;
    if (before !== undefined) this.#add(before, -1);
    if (after !== undefined) this.#add(after, 1);
  }

  #add(task: Task, sign: 1 | -1): void {
    if (task.serviceArn === undefined || !holdsResources(task)) return;
    const running = isRunning(task) ? sign : 0;
    const pending = isPending(task) ? sign : 0;
    const count = this.#counts.get(task.serviceArn) ?? { tasks: 0, running: 0, pending: 0, byDeployment: new Map() };
    this.#counts.set(task.serviceArn, count);
    count.tasks += sign;
    count.running += running;
    count.pending += pending;
    if (task.deploymentId !== undefined) addToDeployment(count, task.deploymentId, { running, pending, total: sign });
    if (count.tasks === 0) this.#counts.delete(task.serviceArn);
  }
}

function addToDeployment(count: MutableCount, id: DeploymentId, amount: DeploymentCount): void {
  const deployment = count.byDeployment.get(id) ?? { running: 0, pending: 0, total: 0 };
  count.byDeployment.set(id, deployment);
  deployment.running += amount.running;
  deployment.pending += amount.pending;
  deployment.total += amount.total;
  if (deployment.total === 0) count.byDeployment.delete(id);
}

function countsTheSame(before: Task, after: Task): boolean {
  return (
    before.lastStatus === after.lastStatus &&
    before.desiredStatus === after.desiredStatus &&
    before.serviceArn === after.serviceArn &&
    before.deploymentId === after.deploymentId
  );
}
