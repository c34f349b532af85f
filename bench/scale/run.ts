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

const cluster = 'scale';
/** Callers that create services at the same time. */
const creating = 32;
/** An agent that is away for so long is lost: shorter than the default, and long enough that all are known to be away. */
const lostAfterSeconds = 20;
const lostPercent = 20;

/** The agents join and the tasks are started, as deployments of services. */
export function joinAndFill(scale: Scale): Promise<readonly Phase[]> {
  return onStage(scale, (stage) => filled(stage, scale));
}

/** All phases: join, fill, roll the large service over, lose a fifth of the agents at once. */
export function runScale(scale: Scale): Promise<readonly Phase[]> {
  return onStage(scale, async (stage, fleet) => {
    await filled(stage, scale);
    await stage.phase('roll', scale.largeService, async () => {
      await register(stage);
      await stage.call('UpdateService', { cluster, service: 'large', taskDefinition: 'app:2' });
      await stage.until(async () => {
        const { services } = await stage.call('DescribeServices', { cluster, services: ['large'] });
        const [primary, ...others] = services[0].deployments;
        return others.length === 0 && primary.rolloutState === 'COMPLETED';
      });
    });
    await stage.phase('lose', Math.round((scale.tasks * lostPercent) / 100), async () => {
      const lost = await fleet.do({ type: 'lose', percent: lostPercent });
      // The records of lost tasks stay RUNNING until their agent is back; their replacements are beside them.
      await stage.until(async () => (await clusterOf(stage)).runningTasksCount >= scale.tasks + lost);
    });
  });
}

async function onStage(scale: Scale, play: (stage: Stage, fleet: Fleet) => Promise<void>): Promise<readonly Phase[]> {
  await using controlPlane = await ControlPlaneProcess.start(['--lost-after', String(lostAfterSeconds)]);
  const stage = new Stage({ cluster, lanes: creating }, controlPlane);
  await stage.call('CreateCluster', { clusterName: cluster });
  await using fleet = await Fleet.start({
    target: controlPlane.target,
    cluster,
    agents: scale.agents,
    cpuUnits: 16_384,
    memoryMiB: 65_536,
    seed: 1,
  });
  await stage.phase('join', scale.agents, async () => {
    await fleet.do({ type: 'join' });
    await stage.until(async () => (await clusterOf(stage)).registeredContainerInstancesCount === scale.agents);
  });
  await play(stage, fleet);
  return stage.phases;
}

async function filled(stage: Stage, scale: Scale): Promise<void> {
  await register(stage);
  const small = Math.floor((scale.tasks - scale.largeService) / (scale.services - 1));
  const rest = scale.tasks - scale.largeService - small * (scale.services - 1);
  await stage.phase('fill', scale.tasks, async () => {
    await stage.inLanes(scale.services, (index) =>
      stage.call('CreateService', {
        cluster,
        serviceName: index === 0 ? 'large' : `s${index}`,
        taskDefinition: 'app',
        desiredCount: index === 0 ? scale.largeService : small + (index === 1 ? rest : 0),
      }),
    );
    await stage.until(async () => (await clusterOf(stage)).runningTasksCount === scale.tasks);
  });
}

async function register(stage: Stage): Promise<void> {
  const containerDefinitions = [{ name: 'app', image: 'registry.example/team/app:1.2.3', cpu: 64, memory: 128 }];
  await stage.call('RegisterTaskDefinition', { family: 'app', networkMode: 'host', containerDefinitions });
}

async function clusterOf(stage: Stage) {
  const { clusters } = await stage.call('DescribeClusters', { clusters: [cluster] });
  return clusters[0] as { runningTasksCount: number; registeredContainerInstancesCount: number };
}
