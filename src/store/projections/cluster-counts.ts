import {
  type ClusterArn,
  type ContainerInstance,
  isPending,
  isRunning,
  type LaunchType,
  type Service,
  type Task,
} from '#model';
import type { RoadsteadSchema } from '../schema.ts';
import type { Change, Projection } from '../types.ts';

export type ByLaunchType = Readonly<Record<LaunchType, number>>;

/** What DescribeClusters counts: the totals, and by launch type its `STATISTICS`. */
export interface ClusterCount {
  readonly running: number;
  readonly pending: number;
  readonly runningByLaunchType: ByLaunchType;
  readonly pendingByLaunchType: ByLaunchType;
  readonly activeServices: number;
  readonly drainingServices: number;
  readonly activeServicesByLaunchType: ByLaunchType;
  readonly drainingServicesByLaunchType: ByLaunchType;
  /** ACTIVE and DRAINING ones. */
  readonly registeredInstances: number;
}

type Measure = 'running' | 'pending' | 'activeServices' | 'drainingServices';

interface MutableCount {
  /** What is counted in any of the numbers below. */
  members: number;
  running: number;
  pending: number;
  activeServices: number;
  drainingServices: number;
  registeredInstances: number;
  readonly runningByLaunchType: Record<LaunchType, number>;
  readonly pendingByLaunchType: Record<LaunchType, number>;
  readonly activeServicesByLaunchType: Record<LaunchType, number>;
  readonly drainingServicesByLaunchType: Record<LaunchType, number>;
}

const nothing: ClusterCount = emptyCount();

/** The counts of every cluster. */
export class ClusterCounts implements Projection<RoadsteadSchema> {
  readonly tables = ['tasks', 'services', 'containerInstances'] as const;
  readonly #counts = new Map<string, MutableCount>();

  /** Changes in place with later commits: take what you need at once. */
  of(clusterArn: ClusterArn): ClusterCount {
    return this.#counts.get(clusterArn) ?? nothing;
  }

  apply(change: Pick<Change<RoadsteadSchema>, 'table' | 'before' | 'after'>): void {
    this.#add(change.table, change.before, -1);
    this.#add(change.table, change.after, 1);
  }

  #add(table: string, record: object | undefined, sign: 1 | -1): void {
    if (record === undefined) return;
    if (table === 'containerInstances') {
      this.#addInstance(record as ContainerInstance, sign);
      return;
    }
    const member = record as Task | Service;
    const measure = table === 'tasks' ? measureOfTask(member as Task) : measureOfService(member as Service);
    if (measure === undefined) return;
    const count = this.#join(member.clusterArn, sign);
    count[measure] += sign;
    count[`${measure}ByLaunchType`][member.launchType] += sign;
  }

  #addInstance(instance: ContainerInstance, sign: 1 | -1): void {
    if (instance.status !== 'INACTIVE') this.#join(instance.clusterArn, sign).registeredInstances += sign;
  }

  #join(clusterArn: string, sign: 1 | -1): MutableCount {
    const count = this.#counts.get(clusterArn) ?? emptyCount();
    count.members += sign;
    if (count.members === 0) this.#counts.delete(clusterArn);
    else this.#counts.set(clusterArn, count);
    return count;
  }
}

function measureOfTask(task: Task): Measure | undefined {
  if (isRunning(task)) return 'running';
  return isPending(task) ? 'pending' : undefined;
}

function measureOfService(service: Service): Measure | undefined {
  return serviceMeasures[service.status];
}

const serviceMeasures: Readonly<Record<Service['status'], Measure | undefined>> = {
  ACTIVE: 'activeServices',
  DRAINING: 'drainingServices',
  INACTIVE: undefined,
};

function emptyCount(): MutableCount {
  return {
    members: 0,
    running: 0,
    pending: 0,
    activeServices: 0,
    drainingServices: 0,
    registeredInstances: 0,
    runningByLaunchType: { EC2: 0, FARGATE: 0, EXTERNAL: 0 },
    pendingByLaunchType: { EC2: 0, FARGATE: 0, EXTERNAL: 0 },
    activeServicesByLaunchType: { EC2: 0, FARGATE: 0, EXTERNAL: 0 },
    drainingServicesByLaunchType: { EC2: 0, FARGATE: 0, EXTERNAL: 0 },
  };
}
