import type { Options } from '../benchmark.ts';
import { ControlPlaneProcess } from './control-plane-process.ts';
import { Fleet } from './fleet-process.ts';
import { type Phase, Stage } from './stage.ts';

export interface Scale {
  readonly agents: number;
  /** Of all services together. */
  readonly tasks: number;
  readonly services: number;
  /** Tasks of the one large service, which is rolled over. */
  readonly largeService: number;
}

/** ECS's own quota: more agents are in several clusters. */
const agentsPerCluster = 5_000;
/** Callers that create services at the same time. */
const creating = 32;
/** An agent that is away for so long is lost: shorter than the default, and long enough that all are known to be away. */
const lostAfterSeconds = 20;
const lostPercent = 20;

/** The agents join and the tasks are started, as deployments of services. `options`: see `processOptions`. */
export function joinAndFill(scale: Scale, options: Options): Promise<readonly Phase[]> {
  return onStage(scale, options, (stage) => filled(stage, scale));
}

/** All phases: join, fill, roll the large service over, lose a fifth of the agents at once. */
export function runScale(scale: Scale, options: Options): Promise<readonly Phase[]> {
  return onStage(scale, options, async (stage, fleets) => {
    await filled(stage, scale);
    await register(stage);
    await rollOver(stage, 'large', scale.largeService);
    await stage.phase('lose', Math.round((scale.tasks * lostPercent) / 100), async () => {
      const lost = await Promise.all(fleets.map((fleet) => fleet.do({ type: 'lose', percent: lostPercent })));
      // The records of lost tasks stay RUNNING until their agent is back; their replacements are beside them.
      const wanted = scale.tasks + sum(lost);
      await stage.until(async () => (await countsOf(stage, scale)).running >= wanted);
    });
  });
}

/** What rolling one service over took. */
export interface RollOver extends Phase {
  /** Changes of tasks: each of the new ones was created and moved to RUNNING, each of the old ones to STOPPED. */
  readonly changes: number;
}

/**
 * Services of these sizes, on the same agents, are rolled over one after the other; before that the first once more, to
 * warm up.
 */
export async function runRollOvers(
  { agents, sizes }: { readonly agents: number; readonly sizes: readonly number[] },
  options: Options,
): Promise<readonly RollOver[]> {
  const cluster = clusterNames({ agents })[0] ?? '';
  const measured: RollOver[] = [];
  await onStage({ agents }, options, async (stage) => {
    await register(stage);
    await stage.phase('fill', sum(sizes), async () => {
      for (const size of sizes) await createService(stage, { cluster, serviceName: `of-${size}`, desiredCount: size });
      await stage.until(async () => (await countsOf(stage, { agents })).running === sum(sizes));
    });
    const [first = 0] = sizes;
    for (const size of [first, ...sizes]) {
      await register(stage);
      const phase = await rollOver(stage, `of-${size}`, size);
      measured.push({ ...phase, changes: size * (await changesInALife(stage, cluster)) });
    }
  });
  return measured.slice(1);
}

/** Until the newest revision of the task definition is all that the service runs. */
function rollOver(stage: Stage, service: string, size: number): Promise<Phase> {
  const { cluster } = stage;
  return stage.phase('roll', size, async () => {
    await stage.call('UpdateService', { cluster, service, taskDefinition: 'app' });
    await stage.until(async () => {
      const { services } = await stage.call('DescribeServices', { cluster, services: [service] });
      const [primary, ...others] = services[0].deployments;
      return others.length === 0 && primary.rolloutState === 'COMPLETED';
    });
  });
}

/** How often a task changes from its creation until it is STOPPED, on the average. */
async function changesInALife(stage: Stage, cluster: string): Promise<number> {
  const { taskArns } = await stage.call('ListTasks', { cluster, desiredStatus: 'STOPPED' });
  const { tasks } = await stage.call('DescribeTasks', { cluster, tasks: taskArns });
  return sum(tasks.map(({ version }: { readonly version: number }) => version)) / tasks.length;
}

async function onStage(
  scale: Pick<Scale, 'agents'>,
  options: Options,
  play: (stage: Stage, fleets: readonly Fleet[]) => Promise<void>,
): Promise<readonly Phase[]> {
  await using stack = new AsyncDisposableStack();
  const controlPlane = stack.use(await ControlPlaneProcess.start(options, ['--lost-after', String(lostAfterSeconds)]));
  const clusters = clusterNames(scale);
  const stage = new Stage({ cluster: clusters[0] ?? '', lanes: creating }, controlPlane);
  const fleets: Fleet[] = [];
  for (const [index, cluster] of clusters.entries()) {
    await stage.call('CreateCluster', { clusterName: cluster });
    const agents = Math.min(agentsPerCluster, scale.agents - index * agentsPerCluster);
    const { target } = controlPlane;
    const size = { cpuUnits: 16_384, memoryMiB: 65_536 };
    fleets.push(stack.use(await Fleet.start({ target, cluster, agents, ...size, seed: index + 1 })));
  }
  await stage.phase('join', scale.agents, async () => {
    await Promise.all(fleets.map((fleet) => fleet.do({ type: 'join' })));
    await stage.until(async () => (await countsOf(stage, scale)).registered === scale.agents);
  });
  await play(stage, fleets);
  return stage.phases;
}

function clusterNames({ agents }: Pick<Scale, 'agents'>): string[] {
  return Array.from({ length: Math.ceil(agents / agentsPerCluster) }, (_, index) => `scale-${index}`);
}

async function filled(stage: Stage, scale: Scale): Promise<void> {
  await register(stage);
  const small = Math.floor((scale.tasks - scale.largeService) / (scale.services - 1));
  const rest = scale.tasks - scale.largeService - small * (scale.services - 1);
  const clusters = clusterNames(scale);
  await stage.phase('fill', scale.tasks, async () => {
    await stage.inLanes(scale.services, (index) =>
      createService(stage, {
        cluster: clusters[index % clusters.length] ?? '',
        serviceName: index === 0 ? 'large' : `s${index}`,
        desiredCount: index === 0 ? scale.largeService : small + (index === 1 ? rest : 0),
      }),
    );
    await stage.until(async () => (await countsOf(stage, scale)).running === scale.tasks);
  });
}

function createService(
  stage: Stage,
  service: { readonly cluster: string; readonly serviceName: string; readonly desiredCount: number },
): Promise<unknown> {
  return stage.call('CreateService', { ...service, taskDefinition: 'app' });
}

/** Another revision of the task definition. */
async function register(stage: Stage): Promise<void> {
  const containerDefinitions = [{ name: 'app', image: 'registry.example/team/app:1.2.3', cpu: 64, memory: 128 }];
  await stage.call('RegisterTaskDefinition', { family: 'app', networkMode: 'host', containerDefinitions });
}

/** Of all clusters together. */
async function countsOf(
  stage: Stage,
  scale: Pick<Scale, 'agents'>,
): Promise<{ readonly registered: number; readonly running: number }> {
  const { clusters } = await stage.call('DescribeClusters', { clusters: clusterNames(scale) });
  const count = (field: string): number => sum(clusters.map((cluster: Record<string, number>) => cluster[field] ?? 0));
  return { registered: count('registeredContainerInstancesCount'), running: count('runningTasksCount') };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
