import { type Clock, Fault, messageOf } from '#base';
import type { TaskProxies } from '../../host/task-proxies.ts';
import type { ContainerRuntime } from '../../runtime/port.ts';
import { type Change, get, rethrowUnavailable } from '../changes.ts';
import { type EngineContainer, type EngineTask, networkHolder, pauseContainer, withContainer } from '../state.ts';
import { namedBlock, proxyNameOf } from './attachment.ts';

export interface ProxyStepsDeps {
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  /** Absent: this host has no Service Connect. */
  readonly proxies?: TaskProxies;
}

/** Waits until the control plane has said what the proxy shall do. */
export async function planStep(
  { taskArn }: EngineTask,
  { name }: EngineContainer,
  { proxies }: ProxyStepsDeps,
  signal: AbortSignal,
): Promise<Change> {
  try {
    if (proxies === undefined) throw absent();
    await proxies.prepare(taskArn, signal);
    return (now) => (get(now, name).known === 'NONE' ? withContainer(now, name, { known: 'PULLED' }) : now);
  } catch (error) {
    return failed(error, signal);
  }
}

/** The proxy runs: once it serves it is healthy, and everything else may start. */
export async function serveStep(
  task: EngineTask,
  { name, runtimeId = '' }: EngineContainer,
  { runtime, proxies, clock }: ProxyStepsDeps,
  signal: AbortSignal,
): Promise<Change> {
  try {
    if (proxies === undefined) throw absent();
    const pid = await pidOf(networkHolder(task, name) ?? pauseContainer(task), runtime);
    const reload = (): Promise<void> => runtime.killContainer(runtimeId, 'SIGUSR2');
    const addresses = await addressesOf(task, runtime);
    await proxies.serve(task.taskArn, { pid, addresses, reload }, signal);
  } catch (error) {
    return failed(error, signal);
  }
  return (now) => {
    const { health, known, restartDue } = get(now, name);
    if (known !== 'RUNNING' || restartDue === true) return now;
    const served = { ...now, proxyServes: true };
    if (health === 'HEALTHY') return served;
    return withContainer(served, name, { health: 'HEALTHY', healthSince: clock.now() });
  };
}

/** In bridge mode, once all networks of the task are there: has its containers reach the proxy. */
export async function routeStep(task: EngineTask, { runtime, proxies }: ProxyStepsDeps): Promise<Change> {
  try {
    if (proxies === undefined) throw absent();
    const proxyName = proxyNameOf(task.payload) ?? '';
    const address = (await addressesOf(task, runtime)).get(proxyName);
    const block = namedBlock(task.payload);
    if (address === undefined) throw new Fault('ServiceConnect', 'the proxy has no address');
    const callers = task.containers.filter(({ holds }) => holds !== undefined && holds !== proxyName);
    if (block !== undefined) {
      await proxies.route({
        block,
        proxy: { pid: await pidOf(networkHolder(task, proxyName), runtime), address },
        callers: await Promise.all(callers.map((holder) => pidOf(holder, runtime))),
      });
    }
    return (now) => ({ ...now, networkAttached: true });
  } catch (error) {
    rethrowUnavailable(error);
    const reason = `ResourceInitializationError: Service Connect: ${messageOf(error)}`;
    return (now) => ({ ...now, desired: 'STOPPED', reason: now.reason ?? reason });
  }
}

async function pidOf(holder: EngineContainer | undefined, runtime: ContainerRuntime): Promise<number> {
  const facts = await runtime.inspectContainer(holder?.runtimeId ?? '');
  if (facts === undefined || facts.pid === 0) throw new Fault('ServiceConnect', 'the task has no namespace');
  return facts.pid;
}

/** Of containers with a network of their own, by their names. */
async function addressesOf(task: EngineTask, runtime: ContainerRuntime): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { holds, runtimeId } of task.containers) {
    if (holds === undefined || runtimeId === undefined) continue;
    const [address] = (await runtime.describeContainer(runtimeId))?.addresses.ipv4 ?? [];
    if (address !== undefined) found.set(holds, address);
  }
  return found;
}

/** The task is stopping: whoever calls it is given the time to turn elsewhere. */
export async function drainStep(
  { taskArn }: EngineTask,
  { proxies }: ProxyStepsDeps,
  signal: AbortSignal,
): Promise<Change> {
  await proxies?.drain(taskArn, signal);
  return (now) => ({ ...now, proxyDrained: true });
}

function absent(): Fault {
  return new Fault('ServiceConnect', 'this host has no Service Connect');
}

/** What a task's proxy cannot do is the task's end. */
function failed(error: unknown, signal: AbortSignal): Change {
  rethrowUnavailable(error);
  if (signal.aborted) throw error;
  const reason = `ResourceInitializationError: Service Connect: ${messageOf(error)}`;
  return (now) => ({ ...now, desired: 'STOPPED', reason: now.reason ?? reason });
}
