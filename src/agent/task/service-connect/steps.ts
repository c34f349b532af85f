import { type Clock, Fault, messageOf } from '#base';
import type { TaskProxies } from '../../host/task-proxies.ts';
import type { ContainerRuntime } from '../../runtime/port.ts';
import { type Change, get, rethrowUnavailable } from '../changes.ts';
import { type EngineContainer, type EngineTask, pauseContainer, withContainer } from '../state.ts';

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
    const holder = await runtime.inspectContainer(pauseContainer(task)?.runtimeId ?? '');
    if (holder === undefined || holder.pid === 0) throw new Fault('ServiceConnect', 'the task has no namespace');
    const reload = (): Promise<void> => runtime.killContainer(runtimeId, 'SIGUSR2');
    await proxies.serve(task.taskArn, { pid: holder.pid, reload }, signal);
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
