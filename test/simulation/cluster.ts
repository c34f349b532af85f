import { clusterArn, defaultAccountId, serviceArn, type Task } from '#model';
import type { SimulatedAgent } from '../support/simulated-agent.ts';
import type { HostPlan } from './plan/hosts.ts';
import type { Entry } from './plan/plan.ts';
import { Simulation } from './simulation.ts';
import type { Answer } from './workload/client.ts';
import { region } from './world/incarnation.ts';

const scope = { accountId: defaultAccountId, region };

/** How long the simulation may take to get where a test waits for, in simulated time. */
const patienceMs = 2 * 3_600_000;

/** The simulated world in the hands of a test: equal hosts, and nothing happens but what the test does. */
export class SimulatedCluster {
  readonly #simulation: Simulation;

  constructor(options: { readonly seed: number; readonly hosts: number }) {
    const hosts = Array.from({ length: options.hosts }, (_, index) => plainHost(index));
    const none = { services: [], externals: [], operations: [], faults: [] };
    const numbers = {
      seed: options.seed,
      hours: 0,
      agents: options.hosts,
      services: 0,
      faults: new Map(),
      balanced: false,
    };
    this.#simulation = new Simulation({ options: numbers, hosts, ...none });
    this.#simulation.machine.start();
  }

  get agents(): readonly SimulatedAgent[] {
    return this.#simulation.hosts.map(({ agent }) => agent);
  }

  startAgents(): void {
    for (const host of this.#simulation.hosts) host.start();
  }

  /** What a user calls; simulated time passes until the answer is there. */
  async call(operation: string, input: object = {}): Promise<Answer> {
    let settled = false;
    const answer = this.#simulation.user.call(operation, input).finally(() => {
      settled = true;
    });
    answer.catch(() => {});
    await this.until(`the answer of ${operation}`, () => settled);
    return await answer;
  }

  /** The process dies as it stands and another starts on the same disk. */
  async crashControlPlane(): Promise<void> {
    const { machine } = this.#simulation;
    machine.crash({ tear: 0, downMs: 1, resets: true });
    await this.until('the control plane is back', () => machine.process?.plane !== undefined);
  }

  /** Advances until the condition holds; fails with its name when it does not in time, or when an invariant breaks. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const simulation = this.#simulation;
    let holds = false;
    await simulation.runUntil(simulation.elapsedMs + patienceMs, () => {
      holds = condition();
      return holds;
    });
    if (simulation.violation !== undefined) throw new Error(`${what}: ${simulation.violation.message}`);
    if (!holds) throw new Error(`never came true: ${what}; ${this.#describe()}`);
  }

  connectedHosts(): number {
    const cluster = clusterArn(scope, 'c');
    const instances = [...this.#replica.table('containerInstances').values()];
    return instances.filter((host) => host.clusterArn === cluster && host.agentConnected).length;
  }

  serviceTasks(name: string): Task[] {
    const arn = serviceArn(scope, 'c', name);
    return [...this.#replica.table('tasks').values()].filter((task) => task.serviceArn === arn);
  }

  isSteady(name: string, count: number): boolean {
    const service = this.#replica.table('services').get(serviceArn(scope, 'c', name));
    const live = this.serviceTasks(name).filter((task) => task.lastStatus !== 'STOPPED');
    return (
      service?.desiredCount === count &&
      service.deployments.length === 1 &&
      service.deployments[0]?.rolloutState === 'COMPLETED' &&
      live.length === count &&
      live.every((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING')
    );
  }

  serviceStatus(name: string): string | undefined {
    return this.#replica.table('services').get(serviceArn(scope, 'c', name))?.status;
  }

  events(name: string): string[] {
    const arn = serviceArn(scope, 'c', name);
    const events = [...this.#replica.table('serviceEvents').values()].filter((event) => event.serviceArn === arn);
    return events.map((event: { readonly message: string }) => event.message);
  }

  stoppedTasks(name: string): number {
    return this.serviceTasks(name).filter((task) => task.lastStatus === 'STOPPED').length;
  }

  runningDefinitions(name: string): string[] {
    return this.serviceTasks(name)
      .filter((task) => task.lastStatus === 'RUNNING')
      .map((task) => task.taskDefinitionArn);
  }

  /** Containers that really run on the hosts, whatever the control plane believes. */
  runningContainers(): number {
    return this.tasksPerHost().reduce((sum, count) => sum + count, 0);
  }

  tasksPerHost(): number[] {
    return this.agents.map((agent) => agent.runningTasks.length);
  }

  get #replica() {
    return this.#simulation.auditor.replica;
  }

  #describe(): string {
    const tasks = [...this.#replica.table('tasks').values()].filter((task) => task.lastStatus !== 'STOPPED');
    const states = tasks.map((task) => `${task.lastStatus}/${task.desiredStatus}`).join(' ');
    return `hosts ${this.connectedHosts()}, running ${this.tasksPerHost().join(',')}, tasks ${states}`;
  }
}

function plainHost(index: number): Entry<HostPlan> {
  return {
    id: `h${index}`,
    index,
    launchType: 'EC2',
    cluster: 'c',
    zone: 'abc'[index % 3] ?? 'a',
    cpuUnits: 4096,
    memoryMiB: 8192,
    gpus: 0,
    tier: 'gold',
    sloppy: false,
    families: ['network', 'names', 'balancing'],
  };
}
