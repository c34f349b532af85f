import { afterMs, assert, Ids, type Instant, SeededRandom } from '#base';
import {
  answered,
  applyContainerHealth,
  applyTaskReport,
  type ContainerInstance,
  type ContainerInstanceArn,
  type Deployment,
  type DeploymentId,
  gpuIdsOf,
  type HealthStatus,
  holdsResources,
  isPending,
  isRunning,
  isTerminal,
  mayEnter,
  mayFollow,
  newServiceRevision,
  primaryDeployment,
  releasePlanOf,
  requestStop,
  revisionArnOf,
  type Service,
  type ServiceDeployment,
  type ServiceRevision,
  superseded,
  type Task,
  type TaskArn,
  type TaskDefinition,
  type TaskSet,
  type TaskSetArn,
} from '#model';
import { HostIndex, type HostLoad } from '#scheduler';
import type { AlarmStates } from '../service/alarms.ts';
import { decideService } from '../service/decide.ts';
import { isEmpty, type ServiceDecision } from '../service/decision.ts';
import { defaultServiceSettings, type ServiceSettings } from '../service/settings.ts';
import type { TrafficWeights } from '../service/stages/traffic.ts';
import type { TargetVerdict } from '../service/targets.ts';
import { hostStateOf, type ServiceView } from '../service/view.ts';
import {
  clusterName,
  start,
  testDefinition,
  testDeployment,
  testInstance,
  testService,
  testServiceDeployment,
} from './records.ts';

export interface WorldOptions {
  readonly seed?: number;
  readonly hosts?: number;
  readonly service?: Partial<Service>;
  readonly definitions?: readonly TaskDefinition[];
  readonly settings?: Partial<ServiceSettings>;
  /** Done before the first look. */
  readonly prepare?: (world: ServiceWorld) => void;
}

/**
 * One service, its hosts and a simple model of agents, all in memory, with a clock that a test moves. Decisions are
 * applied as the loop applies them.
 */
export class ServiceWorld {
  now: Instant = start;
  service: Service;
  readonly serviceDeployments = new Map<string, ServiceDeployment>();
  readonly revisions = new Map<string, ServiceRevision>();
  readonly taskSets = new Map<TaskSetArn, TaskSet>();
  readonly tasks = new Map<TaskArn, Task>();
  /** Tasks of nobody on the same hosts. */
  readonly strangers = new Map<TaskArn, Task>();
  readonly hosts = new Map<ContainerInstanceArn, ContainerInstance>();
  readonly definitions: readonly TaskDefinition[];
  readonly events: string[] = [];
  /** The alarms there are. */
  readonly alarms = new Map<string, ReturnType<AlarmStates['find']>>();
  /** How tasks with target groups stand with them. */
  targets: (task: Task) => TargetVerdict = () => ({ state: 'healthy' });
  /** Whether the traffic goes as the weights have it. */
  traffic: (weights: TrafficWeights) => boolean = () => true;
  readonly random: SeededRandom;
  readonly ids: Ids;
  readonly #settings: ServiceSettings;
  wakeAt: Instant | undefined;
  /** Providers with managed scaling, and how many tasks may wait for their instances. */
  readonly scaledProviders = new Set<string>();
  provisioningRoom = 500;

  constructor(options: WorldOptions = {}) {
    this.random = new SeededRandom(options.seed ?? 1);
    this.ids = new Ids(this.random);
    this.definitions = options.definitions ?? [testDefinition(1), testDefinition(2), testDefinition(3)];
    this.#settings = { ...defaultServiceSettings, healthySettleMs: 0, ...options.settings };
    const [first] = this.definitions;
    assert(first !== undefined, 'a world needs a definition');
    this.service = testService(this.ids, first, options.service);
    for (let i = 0; i < (options.hosts ?? 3); i++) this.addHost(`us-east-1${'abc'[i % 3]}`);
    options.prepare?.(this);
  }

  addHost(zone = 'us-east-1a'): ContainerInstance {
    const host = testInstance(this.ids, { zone });
    this.hosts.set(host.containerInstanceArn, host);
    return host;
  }

  changeHost(arn: ContainerInstanceArn, change: (host: ContainerInstance) => ContainerInstance): void {
    const host = this.hosts.get(arn);
    assert(host !== undefined, 'no such host');
    this.hosts.set(arn, change(host));
  }

  get view(): ServiceView {
    return {
      service: this.service,
      clusterName,
      tasks: [...this.tasks.values()].filter((task) => holdsResources(task) || task.countedAt === undefined),
      openServiceDeployments: [...this.serviceDeployments.values()].filter(({ status }) => !isTerminal(status)),
      taskSets: [...this.taskSets.values()],
      taskCounts: { byDeployment: this.#counts() },
      hostState: (arn) => hostStateOf(this.hosts.get(arn)),
      targets: (task) => (task.targetGroups === undefined ? undefined : this.targets(task)),
      definition: (arn) => {
        const definition = this.definitions.find(({ taskDefinitionArn }) => taskDefinitionArn === arn);
        assert(definition !== undefined, `no definition ${arn}`);
        return definition;
      },
      zonesOf: () => [],
      revision: (deployment) => this.#revision(deployment),
      onlyDaemonsOn: (hostArn) => ![...this.strangers.values()].some((task) => task.hostArn === hostArn),
      hosts: (launchType) => this.#hostIndex().pool(this.service.clusterArn, launchType),
      scalesGroup: (name) => this.scaledProviders.has(name),
      provisioningRoom: () => this.provisioningRoom,
    };
  }

  /** One decision, applied. */
  decide(): ServiceDecision {
    const decision = decideService(this.view, {
      now: this.now,
      ids: this.ids,
      random: this.random,
      settings: this.#settings,
      alarms: { find: (_, name) => this.alarms.get(name) },
      traffic: { inPlace: (_, weights) => this.traffic(weights) },
    });
    for (const task of decision.counted) this.put({ ...task, countedAt: this.now });
    for (const { task, reason } of decision.stops) {
      const stopping = requestStop(task, { stopCode: 'ServiceSchedulerInitiated', reason, at: this.now });
      this.put({ ...stopping, countedAt: this.now });
    }
    for (const task of decision.starts) this.put(task);
    for (const revision of decision.revisions) this.revisions.set(revision.serviceRevisionArn, revision);
    this.service = decision.service;
    for (const taskSet of decision.taskSets?.put ?? []) this.taskSets.set(taskSet.taskSetArn, taskSet);
    for (const arn of decision.taskSets?.removed ?? []) this.taskSets.delete(arn);
    for (const moved of decision.serviceDeployments) this.#store(moved);
    this.events.push(...decision.events);
    this.wakeAt = decision.wakeAt;
    return decision;
  }

  /** Decides until there is nothing to do; gives the number of rounds. Throws when that takes too many. */
  settle(limit = 60, each: (decision: ServiceDecision) => void = () => {}): number {
    for (let rounds = 0; rounds < limit; rounds++) {
      const before = this.service;
      const decision = this.decide();
      each(decision);
      if (isEmpty(decision, before)) return rounds;
    }
    throw new Error('the decisions never end');
  }

  /** A new deployment, as UpdateService makes one. */
  deploy(definition: TaskDefinition | undefined, overrides: Partial<Service> = {}): Deployment {
    assert(definition !== undefined, 'no definition');
    const deployment = testDeployment(this.ids, definition, { createdAt: this.now, updatedAt: this.now });
    const older = this.service.deployments.map((one): Deployment => ({ ...one, status: 'ACTIVE' }));
    this.service = {
      ...this.service,
      ...overrides,
      taskDefinitionArn: definition.taskDefinitionArn,
      deployments: [deployment, ...older],
    };
    return deployment;
  }

  /** The same with a service deployment, which takes the place of the one before. */
  release(definition: TaskDefinition | undefined, overrides: Partial<Service> = {}): ServiceDeployment {
    const sources = this.service.deployments.map((each) => revisionArnOf(this.service.serviceArn, each));
    const moment = { now: this.now, service: this.service, tasks: this.view.taskCounts };
    for (const open of this.view.openServiceDeployments) this.#store(superseded(open, 'there is a newer one', moment));
    const deployment = this.deploy(definition, overrides);
    const made = testServiceDeployment(this.ids, this.service, deployment);
    const plan = releasePlanOf(this.service.deploymentConfiguration);
    const record = { ...made, sourceServiceRevisionArns: sources, ...(plan === undefined ? {} : { release: plan }) };
    this.#store(record);
    return record;
  }

  serviceDeployment(record: Pick<ServiceDeployment, 'serviceDeploymentArn'>): ServiceDeployment {
    const found = this.serviceDeployments.get(record.serviceDeploymentArn);
    assert(found !== undefined, 'no such service deployment');
    return found;
  }

  /** A user asks for a rollback. */
  requestRollback(record: ServiceDeployment): void {
    this.#store({ ...this.serviceDeployment(record), status: 'ROLLBACK_REQUESTED' });
  }

  /** A user, or time, answers the hooks that wait; at most so many. */
  answerHooks(record: ServiceDeployment, status: 'SUCCEEDED' | 'FAILED', most = Number.POSITIVE_INFINITY): void {
    const now = this.serviceDeployment(record);
    let left = most;
    const lifecycleHooks = (now.lifecycleHooks ?? []).map((hook) =>
      hook.status === 'AWAITING_ACTION' && left-- > 0 ? answered(hook, status, this.now) : hook,
    );
    this.#store({ ...now, lifecycleHooks });
  }

  /** Every task there is may not be stopped for ten minutes. */
  protectAll(): void {
    for (const task of this.all()) this.put({ ...task, protectedUntil: afterMs(this.now, 600_000) });
  }

  #store(record: ServiceDeployment): void {
    const before = this.serviceDeployments.get(record.serviceDeploymentArn);
    const legal = before === undefined || mayFollow(before.status, record.status);
    assert(legal, `${before?.status} to ${record.status}`);
    const enters = record.release === undefined || mayEnter(record.release, before?.stage, record.stage);
    assert(enters, `${before?.stage?.lifecycleStage} to ${record.stage?.lifecycleStage}`);
    this.serviceDeployments.set(record.serviceDeploymentArn, record);
  }

  #counts(): Map<DeploymentId, { running: number; pending: number }> {
    const counts = new Map<DeploymentId, { running: number; pending: number }>();
    for (const task of this.all(holdsResources)) {
      if (task.deploymentId === undefined) continue;
      const own = counts.get(task.deploymentId) ?? { running: 0, pending: 0 };
      counts.set(task.deploymentId, own);
      if (isRunning(task)) own.running++;
      else if (isPending(task)) own.pending++;
    }
    return counts;
  }

  change(overrides: Partial<Service>): void {
    this.service = { ...this.service, ...overrides };
  }

  put(task: Task): void {
    this.tasks.set(task.taskArn, task);
  }

  advanceMs(durationMs: number): void {
    this.now = afterMs(this.now, durationMs);
  }

  all(filter: (task: Task) => boolean = () => true): Task[] {
    return [...this.tasks.values()].filter(filter);
  }

  get running(): Task[] {
    return this.all((task) => isRunning(task) && task.desiredStatus === 'RUNNING');
  }

  get pending(): Task[] {
    return this.all(isPending);
  }

  runningOf(deployment: Pick<Deployment, 'id'>): Task[] {
    return this.running.filter(({ deploymentId }) => deploymentId === deployment.id);
  }

  get primary(): Deployment {
    const primary = primaryDeployment(this.service);
    assert(primary !== undefined, 'no primary deployment');
    return primary;
  }

  /** The agents do all they were told: pending tasks run, stopping ones stop. */
  agents(filter: (task: Task) => boolean = () => true): void {
    for (const task of this.all(filter)) {
      if (task.hostArn !== undefined && this.hosts.get(task.hostArn)?.lostAt !== undefined) continue;
      if (task.lastStatus === 'STOPPED') continue;
      if (task.desiredStatus === 'STOPPED') this.report(task, 'STOPPED');
      else if (task.lastStatus === 'PENDING') this.report(task, 'RUNNING');
    }
  }

  report(task: Task, status: 'RUNNING' | 'STOPPED', said: { exitCode?: number; reason?: string } = {}): void {
    const containers = [{ name: 'web', status, ...(said.exitCode === undefined ? {} : { exitCode: said.exitCode }) }];
    this.put(
      applyTaskReport(
        task,
        { status, containers, ...(said.reason === undefined ? {} : { reason: said.reason }) },
        this.now,
      ),
    );
  }

  health(task: Task, health: HealthStatus): void {
    const latest = this.tasks.get(task.taskArn);
    assert(latest !== undefined, 'no such task');
    this.put(applyContainerHealth(latest, new Map([['web', health]])));
  }

  /** Agents and decisions in turn until nothing moves, time passing to each wake. */
  converge(limit = 200): void {
    for (let step = 0; step < limit; step++) {
      const rounds = this.settle();
      const before = [...this.tasks.values()];
      this.agents();
      const same = [...this.tasks.values()].every((task, index) => task === before[index]);
      if (rounds === 0 && same) {
        const { wakeAt } = this;
        const soon = wakeAt !== undefined && wakeAt <= afterMs(this.now, 60 * 60_000);
        if (!soon) return;
        this.now = wakeAt > this.now ? wakeAt : afterMs(this.now, 1);
      }
    }
    throw new Error('it does not converge');
  }

  /** As CreateService and UpdateService make it. */
  #revision(deployment: Deployment): ServiceRevision | undefined {
    const { service, definitions } = this;
    const arn = revisionArnOf(service.serviceArn, deployment);
    const definition = definitions.find(({ taskDefinitionArn }) => taskDefinitionArn === deployment.taskDefinitionArn);
    const revision = this.revisions.get(arn) ?? (definition && newServiceRevision(service, deployment, definition));
    if (revision !== undefined) this.revisions.set(arn, revision);
    return revision;
  }

  #hostIndex(): HostIndex {
    const index = new HostIndex({ of: (arn) => this.#load(arn) });
    for (const after of this.hosts.values()) index.apply({ table: 'containerInstances', before: undefined, after });
    for (const after of this.tasks.values()) index.apply({ table: 'tasks', before: undefined, after });
    return index;
  }

  #load(arn: ContainerInstanceArn): HostLoad {
    const tasks = this.all((task) => task.hostArn === arn && holdsResources(task));
    const tasksByGroup = new Map<string, number>();
    for (const { group } of tasks) tasksByGroup.set(group, (tasksByGroup.get(group) ?? 0) + 1);
    return {
      cpuUnits: tasks.reduce((sum, { reserves }) => sum + reserves.cpuUnits, 0),
      memoryMiB: tasks.reduce((sum, { reserves }) => sum + reserves.memoryMiB, 0),
      tcpPorts: new Map(),
      udpPorts: new Map(),
      gpuCount: tasks.reduce((sum, { reserves }) => sum + reserves.gpuCount, 0),
      gpuIds: new Map(tasks.flatMap((task) => gpuIdsOf(task).map((id) => [id, 1]))),
      interfaces: tasks.filter(({ attachment }) => attachment !== undefined).length,
      runningTasks: tasks.filter(isRunning).length,
      tasksByGroup,
    };
  }
}

/** A world whose service has reached a steady state, with an empty event list. */
export function steadyWorld(options: WorldOptions = {}): ServiceWorld {
  const world = new ServiceWorld(options);
  world.converge();
  world.events.splice(0);
  return world;
}

/** The agents report that pending tasks could not start. */
export function failToStart(world: ServiceWorld, filter: (task: Task) => boolean = () => true): void {
  for (const task of world.pending.filter(filter)) {
    world.report(task, 'STOPPED', { reason: 'CannotPullContainerError: no' });
  }
}
