import type { DockerRuntime } from '#agent';
import { messageOf } from '#base';
import {
  type Answer,
  engine as engineAt,
  ensureTestImage,
  type Installation,
  newInstallation,
  testImage,
} from '../test/support/installation.ts';
import { PrivateEngine } from '../test/support/private-engine.ts';
import { against, type Benchmark, median, type Note, type Row, timed } from './benchmark.ts';
import { DockerSwarm } from './docker-swarm.ts';
import { startManyRaw } from './raw-engine.ts';

/** A container that ends at once when it is told to, so that nobody's grace period is measured. */
const command = ['sh', '-c', 'trap "exit 0" TERM; sleep 3600 & wait'];
const updated = 20;
/** Replicas replaced at once in an update; in ECS's words 75 % of 20 stay, and no more than 20 run. */
const width = 5;
const minimumHealthyPercent = 75;
const kept = 3;
const scaleOutRounds = 3;
const killRounds = 9;
const updateRounds = 3;
/** A replica that ran shorter is taken for one that crashes on start. */
const ranForMs = 6_000;
/** Between two looks, ms for each replica looked at; the same for both: looking takes its share of the processors. */
const lookEveryMs = 2;
const patienceMs = 180_000;
/** Containers started at once by bare Engine calls: more only makes each slower. */
const rawLanes = 4;

/**
 * Services of one-container tasks on the host's network, on one engine of the benchmark's own: Roadstead's through the
 * API and an EC2 host, Docker Swarm's through the Engine API. The two take turns.
 */
export const benchmark: Benchmark = { name: 'services beside Docker Swarm on the same engine', run };

async function run(): Promise<(Row | Note)[]> {
  await using engine = new PrivateEngine();
  await engine.start();
  await ensureTestImage(engine.dockerHost);
  await using installation = await newInstallation({ DOCKER_HOST: engine.dockerHost });
  await joinHost(installation);
  const runtime = engineAt(engine.dockerHost);
  try {
    const ours = new RoadsteadSide(installation, runtime);
    const swarm = await DockerSwarm.init(engine.dockerHost).catch(messageOf);
    if (typeof swarm === 'string') {
      return [...(await measure({ runtime, ours })), { note: `not compared with Docker Swarm: ${swarm}` }];
    }
    await using _ = swarm;
    return await measure({ runtime, ours, theirs: new SwarmSide(swarm) });
  } finally {
    runtime.close();
  }
}

async function measure(contest: Contest): Promise<Row[]> {
  // The first of everything is slower.
  await scaleOut(contest, 3, 1);
  const small = await scaleOut(contest, 10, scaleOutRounds);
  const large = await scaleOut(contest, 50, scaleOutRounds);
  return [...small, ...large, ...(await killed(contest)), ...(await rolledOver(contest))];
}

/** A control plane that takes a RUNNING task for healthy at once, as Swarm does here, and a host for its EC2 tasks. */
async function joinHost(installation: Installation): Promise<void> {
  await installation.up('--no-node', '--healthy-after', '0');
  await installation.call('CreateCluster', { clusterName: 'bench' });
  await installation.call('RegisterTaskDefinition', {
    family: 'bench',
    networkMode: 'host',
    containerDefinitions: [{ name: 'main', image: testImage, memory: 32, command }],
  });
  await installation.startAgent('bench');
  await installation.until('the host is there', async () => {
    const { clusters } = await installation.call('DescribeClusters', { clusters: ['bench'] });
    return clusters[0].registeredContainerInstancesCount === 1;
  });
}

interface Replica {
  readonly id: string;
  readonly generation: number;
  readonly startedAtMs: number;
  /** Ends its main process, with SIGKILL. */
  kill(): Promise<void>;
}

function kill(pid: number): void {
  if (pid <= 1) throw new Error('a replica without a process');
  process.kill(pid, 'SIGKILL');
}

/** One of the two that keep a service. Of `running`, none is of a replica that is to go. */
interface Side {
  /** Sent; what it leads to is seen in `running`. */
  create(replicas: number): Promise<void>;
  update(generation: number): Promise<void>;
  running(): Promise<readonly Replica[]>;
  /** Resolves when nothing of it is left. */
  remove(): Promise<void>;
}

interface Contest {
  readonly runtime: DockerRuntime;
  readonly ours: Side;
  /** Absent where the engine cannot be a swarm. */
  readonly theirs?: Side;
}

function sides({ ours, theirs }: Contest): readonly Side[] {
  return theirs === undefined ? [ours] : [ours, theirs];
}

async function scaleOut(contest: Contest, replicas: number, rounds: number): Promise<Row[]> {
  const created = async (side: Side): Promise<number> => {
    const { ms } = await timed(async () => {
      await side.create(replicas);
      await allRun(side, replicas);
    });
    await side.remove();
    return ms;
  };
  const raw = (): Promise<number> => startRawAndRemove(contest.runtime, replicas);
  const [ours = 0, floor, theirs] = await inTurns(rounds, [
    () => created(contest.ours),
    raw,
    ...sides(contest)
      .slice(1)
      .map((side) => () => created(side)),
  ]);
  return [
    against(`${replicas} replicas from nothing to RUNNING, median of ${rounds}`, 'ms', ours, theirs),
    against('  the same beside bare Engine calls', 'ms', ours, floor),
  ];
}

/** What neither can do without: so many containers created and started by bare calls of the Engine. */
async function startRawAndRemove(runtime: DockerRuntime, count: number): Promise<number> {
  const wanted = Array.from({ length: count }, (_, n) => ({ name: String(n), command }));
  const { ms, value } = await timed(() => startManyRaw(runtime, wanted, rawLanes));
  for (const id of value) await runtime.removeContainer(id);
  return ms;
}

async function killed(contest: Contest): Promise<Row[]> {
  for (const side of sides(contest)) await side.create(kept);
  const replaced = async (side: Side): Promise<number> => {
    const before = await allRun(side, kept, (each) => Date.now() - each.startedAtMs > ranForMs);
    const known = new Set(before.map(({ id }) => id));
    const { ms } = await timed(async () => {
      await before[0]?.kill();
      await until(side, kept, (running) => running.length === kept && running.some(({ id }) => !known.has(id)));
    });
    return ms;
  };
  const turns = sides(contest).map((side) => () => replaced(side));
  const [ours = 0, theirs] = await inTurns(killRounds, turns);
  for (const side of sides(contest)) await side.remove();
  return [against(`kill -9 to replacement RUNNING, median of ${killRounds}`, 'ms', ours, theirs)];
}

async function rolledOver(contest: Contest): Promise<Row[]> {
  let generation = 0;
  const update = async (side: Side): Promise<number> => {
    await side.create(updated);
    await allRun(side, updated);
    generation += 1;
    const { ms } = await timed(async () => {
      await side.update(generation);
      await allRun(side, updated, (replica) => replica.generation === generation);
    });
    await side.remove();
    return ms;
  };
  const turns = sides(contest).map((side) => () => update(side));
  const [ours = 0, theirs] = await inTurns(updateRounds, turns);
  const what = `rolling update of ${updated}, ${width} at a time, median of ${updateRounds}`;
  return [against(what, 'ms', ours, theirs)];
}

/** The median of the milliseconds that each took. */
async function inTurns(rounds: number, turns: readonly (() => Promise<number>)[]): Promise<number[]> {
  const took: number[][] = turns.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, turn] of turns.entries()) took[index]?.push(await turn());
  }
  return took.map(median);
}

/** Waits until so many replicas run, all of them as wanted. */
function allRun(
  side: Side,
  replicas: number,
  wanted: (replica: Replica) => boolean = () => true,
): Promise<readonly Replica[]> {
  return until(side, replicas, (running) => running.length === replicas && running.every(wanted));
}

async function until(
  side: Side,
  replicas: number,
  done: (running: readonly Replica[]) => boolean,
): Promise<readonly Replica[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const running = await side.running();
    if (done(running)) return running;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${replicas} replicas; ${running.length} run`);
    await new Promise((resolve) => setTimeout(resolve, replicas * lookEveryMs));
  }
}

class RoadsteadSide implements Side {
  readonly #installation: Installation;
  readonly #runtime: DockerRuntime;
  readonly #generations = new Map<string, number>();
  #services = 0;

  constructor(installation: Installation, runtime: DockerRuntime) {
    this.#installation = installation;
    this.#runtime = runtime;
  }

  get #service() {
    return { cluster: 'bench', service: `bench-${this.#services}` };
  }

  async create(replicas: number): Promise<void> {
    this.#services += 1;
    const { service } = await this.#installation.call('CreateService', {
      cluster: 'bench',
      serviceName: this.#service.service,
      taskDefinition: 'bench',
      desiredCount: replicas,
      launchType: 'EC2',
      deploymentConfiguration: { minimumHealthyPercent, maximumPercent: 100 },
    });
    this.#generations.set(service.deployments[0].id, 0);
  }

  async update(generation: number): Promise<void> {
    const input = { ...this.#service, forceNewDeployment: true };
    const { service } = await this.#installation.call('UpdateService', input);
    this.#generations.set(service.deployments[0].id, generation);
  }

  async running(): Promise<readonly Replica[]> {
    const { cluster, service } = this.#service;
    const { taskArns } = await this.#installation.call('ListTasks', { cluster, serviceName: service });
    if (taskArns.length === 0) return [];
    const { tasks } = await this.#installation.call('DescribeTasks', { cluster, tasks: taskArns });
    return tasks.filter((task: Answer) => task.lastStatus === 'RUNNING').map((task: Answer) => this.#replica(task));
  }

  async remove(): Promise<void> {
    await this.#installation.call('DeleteService', { ...this.#service, force: true });
    await this.#installation.until('its containers have ended', async () => {
      const containers = await this.#runtime.listContainers(['com.amazonaws.ecs.cluster']);
      return containers.every(({ state }) => state !== 'running');
    });
  }

  #replica(task: Answer): Replica {
    return {
      id: task.taskArn,
      generation: this.#generations.get(task.startedBy) ?? -1,
      startedAtMs: task.startedAt * 1000,
      kill: async () => {
        const { pid } = (await this.#runtime.inspectContainer(task.containers[0].runtimeId)) ?? { pid: 0 };
        kill(pid);
      },
    };
  }
}

class SwarmSide implements Side {
  readonly #swarm: DockerSwarm;
  #replicas = 0;
  #service = '';

  constructor(swarm: DockerSwarm) {
    this.#swarm = swarm;
  }

  get #spec() {
    return { image: testImage, command, replicas: this.#replicas, updateParallelism: width };
  }

  async create(replicas: number): Promise<void> {
    this.#replicas = replicas;
    this.#service = await this.#swarm.createService(this.#spec);
  }

  update(generation: number): Promise<void> {
    return this.#swarm.updateService(this.#service, this.#spec, generation);
  }

  async running(): Promise<readonly Replica[]> {
    const tasks = await this.#swarm.running(this.#service);
    return tasks.map((task) => ({
      id: task.ID,
      generation: task.Spec.ForceUpdate ?? 0,
      startedAtMs: Date.parse(task.Status.Timestamp),
      kill: async () => kill(task.Status.ContainerStatus?.PID ?? 0),
    }));
  }

  remove(): Promise<void> {
    return this.#swarm.removeService(this.#service);
  }
}
