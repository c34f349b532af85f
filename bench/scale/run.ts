import { ControlPlaneProcess } from './control-plane-process.ts';
import { Fleet } from './fleet-process.ts';
import { Onlooker } from './onlooker.ts';
import { type Call, inLanes, signedClient } from './signed-client.ts';

export interface Scale {
  readonly agents: number;
  /** Of all services together. */
  readonly tasks: number;
  readonly services: number;
  /** Tasks of the one large service, which is rolled over. */
  readonly largeService: number;
}

/** How long one phase took, and what it was measured in. */
export interface Phase {
  readonly name: 'join' | 'fill' | 'roll' | 'lose';
  readonly seconds: number;
  /** Agents that joined, or tasks that became RUNNING. */
  readonly count: number;
  /** Processor time of the control plane, all threads, s. */
  readonly cpuSeconds: number;
  readonly residentMiB: number;
  /** Calls that went on meanwhile, ms. */
  readonly calls: { readonly p50: number; readonly p99: number; readonly max: number };
}

const cluster = 'scale';
/** Callers that create services at the same time. */
const creating = 32;
/** An agent that is away for so long is lost: shorter than the default, to wait less. */
const lostAfterSeconds = 10;
const lostPercent = 20;

/** Takes a real control plane with simulated agents over real sockets through its phases. */
export async function runScale(scale: Scale, nodeFlags: readonly string[] = []): Promise<readonly Phase[]> {
  await using controlPlane = await ControlPlaneProcess.start(['--lost-after', String(lostAfterSeconds)], nodeFlags);
  const call = signedClient(controlPlane.target, creating);
  await call('CreateCluster', { clusterName: cluster });
  await using fleet = await Fleet.start({
    target: controlPlane.target,
    cluster,
    agents: scale.agents,
    cpuUnits: 16_384,
    memoryMiB: 65_536,
    seed: 1,
  });
  const phases: Phase[] = [];
  const phase = async (name: Phase['name'], count: number, work: () => Promise<void>): Promise<void> => {
    const cpuBefore = controlPlane.cpuSeconds();
    await using onlooker = new Onlooker(controlPlane.target, cluster);
    const startedAt = performance.now();
    await work();
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuSeconds = controlPlane.cpuSeconds() - cpuBefore;
    phases.push({
      name,
      seconds,
      count,
      cpuSeconds,
      residentMiB: controlPlane.residentMiB(),
      calls: onlooker.latencies(),
    });
    console.error(JSON.stringify(phases.at(-1)));
  };
  await phase('join', scale.agents, async () => {
    await fleet.do({ type: 'join' });
    await until(async () => (await clusterOf(call)).registeredContainerInstancesCount === scale.agents);
  });
  await phase('fill', scale.tasks, () => fill(call, scale));
  await phase('roll', scale.largeService, () => rollOver(call));
  const lost = Math.round((scale.tasks * lostPercent) / 100);
  await phase('lose', lost, async () => {
    await fleet.do({ type: 'lose', percent: lostPercent });
    // The records of lost tasks stay RUNNING until their agent is back; their replacements are beside them.
    await until(async () => (await clusterOf(call)).runningTasksCount >= scale.tasks + lost);
  });
  return phases;
}

async function fill(call: Call, scale: Scale): Promise<void> {
  await register(call);
  const small = Math.floor((scale.tasks - scale.largeService) / (scale.services - 1));
  const rest = scale.tasks - scale.largeService - small * (scale.services - 1);
  await inLanes(scale.services, creating, (index) =>
    call('CreateService', {
      cluster,
      serviceName: index === 0 ? 'large' : `s${index}`,
      taskDefinition: 'app',
      desiredCount: index === 0 ? scale.largeService : small + (index === 1 ? rest : 0),
    }),
  );
  await until(async () => (await clusterOf(call)).runningTasksCount === scale.tasks);
}

async function rollOver(call: Call): Promise<void> {
  await register(call);
  await call('UpdateService', { cluster, service: 'large', taskDefinition: 'app:2' });
  await until(async () => {
    const { services } = await call('DescribeServices', { cluster, services: ['large'] });
    const [primary, ...others] = services[0].deployments;
    return others.length === 0 && primary.rolloutState === 'COMPLETED';
  });
}

async function register(call: Call): Promise<void> {
  const containerDefinitions = [{ name: 'app', image: 'registry.example/team/app:1.2.3', cpu: 64, memory: 128 }];
  await call('RegisterTaskDefinition', { family: 'app', networkMode: 'host', containerDefinitions });
}

async function clusterOf(call: Call) {
  const { clusters } = await call('DescribeClusters', { clusters: [cluster] });
  return clusters[0] as { runningTasksCount: number; registeredContainerInstancesCount: number };
}

/** How often an end is looked for, ms, and how long at most. */
const everyMs = 50;
const patienceMs = 10 * 60_000;

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('not reached in ten minutes');
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
