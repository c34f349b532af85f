import { Ids, SeededRandom } from '#base';
import {
  applyContainerHealth,
  applyTaskReport,
  type ContainerInstance,
  type Daemon,
  type DaemonDeployment,
  type DaemonGoal,
  type DaemonRevision,
  type DaemonTaskDefinition,
  daemonArn,
  daemonTaskDefinitionArn,
  holdsResources,
  newDaemonDeploymentArn,
  newDaemonRevisionArn,
  type Task,
} from '#model';
import type { RoadsteadTx } from '#store';
import { clusterName, scope, start, testCluster, testClusterArn, testInstance } from './records.ts';
import { openStoreWorld, type StoreWorld } from './store-world.ts';

const ids = new Ids(new SeededRandom(11));
export const testDaemonArn = daemonArn(scope, clusterName, 'logs');

/** What a test says of a daemon's revision and how it is deployed. */
export interface DaemonWish {
  readonly revision?: Partial<DaemonRevision>;
  readonly configuration?: Partial<DaemonDeployment['configuration']>;
  readonly capacityProviders?: readonly string[];
  readonly memory?: number;
}

/** A store with a cluster, instances of its capacity provider `p`, and the daemon `logs` for them. */
export class DaemonWorld implements AsyncDisposable {
  readonly store: StoreWorld['store'];
  readonly #world: StoreWorld;
  #definitions = 0;

  private constructor(world: StoreWorld) {
    this.#world = world;
    this.store = world.store;
  }

  static async open(
    instances: number,
    wish: DaemonWish = {},
    settings: { readonly healthySettleMs?: number } = {},
  ): Promise<DaemonWorld> {
    const world = new DaemonWorld(await openStoreWorld({ settings }));
    await world.write((tx) => {
      tx.clusters.put(testCluster({ capacityProviders: ['p', 'q'] }));
      for (let i = 0; i < instances; i++) tx.containerInstances.put(world.instance());
      world.deploy(tx, wish);
    });
    return world;
  }

  /** An instance as it registers: it waits for what is critical. */
  instance(overrides: Partial<ContainerInstance> = {}): ContainerInstance {
    return testInstance(ids, { capacityProviderName: 'p', ...overrides });
  }

  /** What CreateDaemon and UpdateDaemon store. */
  deploy(tx: RoadsteadTx, { revision, configuration, capacityProviders = ['p'], memory = 64 }: DaemonWish): void {
    this.#definitions += 1;
    const definition: DaemonTaskDefinition = {
      ...scope,
      daemonTaskDefinitionArn: daemonTaskDefinitionArn(scope, 'logs', this.#definitions),
      family: 'logs',
      revision: this.#definitions,
      status: 'ACTIVE',
      containerDefinitions: [
        { name: 'main', image: 'agent', memory, essential: true, healthCheck: { command: ['CMD', 'true'] } },
      ],
      volumes: [],
      registeredAt: start,
      registeredBy: 'me',
      tags: [],
    };
    tx.daemonTaskDefinitions.put(definition);
    const made: DaemonRevision = {
      ...scope,
      daemonRevisionArn: newDaemonRevisionArn(testDaemonArn, ids),
      daemonArn: testDaemonArn,
      clusterArn: testClusterArn,
      daemonTaskDefinitionArn: definition.daemonTaskDefinitionArn,
      propagateTags: 'DAEMON',
      enableECSManagedTags: true,
      enableExecuteCommand: false,
      critical: true,
      createdAt: start,
      ...revision,
    };
    tx.daemonRevisions.put(made);
    const before = tx.daemons.find(testDaemonArn);
    const goal: DaemonGoal = { daemonRevisionArn: made.daemonRevisionArn, capacityProviders };
    const deployment = this.#deployment(
      { target: goal, ...(before === undefined ? {} : { source: before.goal }) },
      configuration,
    );
    tx.daemonDeployments.put(deployment);
    const { daemonDeploymentArn } = deployment;
    const fresh = {
      ...scope,
      daemonArn: testDaemonArn,
      daemonName: 'logs',
      clusterArn: testClusterArn,
      status: 'ACTIVE' as const,
      tags: [{ key: 'team', value: 'core' }],
      createdAt: start,
    };
    tx.daemons.put({ ...fresh, ...before, goal, daemonDeploymentArn, updatedAt: start });
  }

  /** What DeleteDaemon stores. */
  async delete(): Promise<void> {
    await this.write((tx) => {
      const deployment = this.#deployment({ source: this.daemon().goal }, { drainPercent: 50 });
      tx.daemonDeployments.put(deployment);
      const { daemonDeploymentArn } = deployment;
      tx.daemons.put({ ...this.daemon(), status: 'DELETE_IN_PROGRESS', daemonDeploymentArn });
    });
  }

  #deployment(
    goals: Pick<DaemonDeployment, 'target' | 'source'>,
    configuration: Partial<DaemonDeployment['configuration']> = {},
  ): DaemonDeployment {
    return {
      ...scope,
      daemonDeploymentArn: newDaemonDeploymentArn(testDaemonArn, ids),
      daemonArn: testDaemonArn,
      clusterArn: testClusterArn,
      ...goals,
      configuration: { drainPercent: 25, bakeTimeInMinutes: 0, ...configuration },
      status: 'PENDING',
      failureCount: 0,
      createdAt: start,
    };
  }

  async write(change: (tx: RoadsteadTx) => void): Promise<void> {
    await this.#world.write(change);
    await this.#world.idle();
  }

  async advance(ms: number): Promise<void> {
    this.#world.clock.advanceMs(ms);
    await this.#world.idle();
  }

  daemon(): Daemon {
    return this.store.view.daemons.get(testDaemonArn);
  }

  /** The newest. */
  deployment(): DaemonDeployment {
    const newest = [...this.store.view.daemonDeployments.by('daemon', testDaemonArn)].at(-1);
    if (newest === undefined) throw new Error('there is no deployment');
    return newest;
  }

  instances(): readonly ContainerInstance[] {
    return [...this.store.view.containerInstances.all()];
  }

  /** The daemon's tasks that hold anything of an instance. */
  tasks(): readonly Task[] {
    return [...this.store.view.tasks.by('daemon', testDaemonArn)].filter(holdsResources);
  }

  /** Tasks that run and are to. */
  running(): readonly Task[] {
    return this.tasks().filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');
  }

  /** The agents do what they are told, once. */
  async obey(): Promise<void> {
    await this.write((tx) => {
      for (const task of this.tasks()) {
        const status = task.desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING';
        tx.tasks.put(applyTaskReport(task, { status, containers: [] }, this.#world.now()));
      }
    });
  }

  /** All goes well, until nothing moves any longer. */
  async settle(): Promise<void> {
    for (let round = 0; round < 50; round++) {
      const before = this.store.revision;
      await this.obey();
      if (this.store.revision === before) return;
    }
    throw new Error('it does not settle');
  }

  /** Tasks end by themselves. */
  async fail(tasks: readonly Task[] = this.tasks()): Promise<void> {
    await this.write((tx) => {
      for (const task of tasks) {
        const report = { status: 'STOPPED' as const, containers: [], reason: 'CannotPullContainerError: no' };
        tx.tasks.put(applyTaskReport(tx.tasks.get(task.taskArn), report, this.#world.now()));
      }
    });
  }

  async sicken(task: Task): Promise<void> {
    await this.write((tx) => tx.tasks.put(applyContainerHealth(task, new Map([['main', 'UNHEALTHY']]))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }
}
