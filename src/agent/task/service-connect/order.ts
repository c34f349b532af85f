import { afterMs, type Instant } from '#base';
import { definitionOf, type EngineContainer, type EngineTask, findContainer } from '../state.ts';
import { proxyNameOf } from './attachment.ts';

/** How often a proxy that ends is started again, and after which pause first; every further one is twice as long. */
const mostRestarts = 5;
const firstPauseMs = 500;
/** One that ran for so long is not ending over and over. */
const steadyMs = 10 * 60_000;

export function proxyOf(task: EngineTask): EngineContainer | undefined {
  const name = proxyNameOf(task.payload);
  return name === undefined ? undefined : findContainer(task, name);
}

export function isProxy(task: EngineTask, name: string): boolean {
  return proxyNameOf(task.payload) === name;
}

/** Whether a container may start as far as the proxy goes: it serves, or waits for that container itself, its log router. */
export function mayStartBeside(task: EngineTask, { name }: EngineContainer): boolean {
  const proxy = proxyOf(task);
  return proxy === undefined || proxy.name === name || task.proxyServes === true || precedes(task, proxy, name);
}

/** Whether a container may be stopped: the proxy goes after all that may call by it. */
export function mayStopBeside(task: EngineTask, { name }: EngineContainer): boolean {
  const proxy = proxyOf(task);
  if (proxy?.name !== name) return true;
  return task.containers.every(
    (one) => one.internal || one.name === name || one.known === 'STOPPED' || precedes(task, proxy, one.name),
  );
}

/** Whether whoever calls the task is to be turned elsewhere before anything of it stops. */
export function isToDrain(task: EngineTask): boolean {
  return proxyOf(task)?.known === 'RUNNING' && task.proxyServes === true && task.proxyDrained !== true;
}

/** When a proxy that ended is started again; `undefined`: it is not, and the task stops. */
export function proxyRestartAt(
  task: EngineTask,
  { name, restartCount }: EngineContainer,
  startedAt: Instant,
  now: Instant,
): Instant | undefined {
  if (!isProxy(task, name) || task.desired === 'STOPPED') return undefined;
  const attempt = now >= afterMs(startedAt, steadyMs) ? 0 : restartCount;
  return attempt >= mostRestarts ? undefined : afterMs(now, firstPauseMs * 2 ** attempt);
}

function precedes(task: EngineTask, proxy: EngineContainer, name: string): boolean {
  return definitionOf(task, proxy.name)?.dependsOn?.some(({ containerName }) => containerName === name) === true;
}
